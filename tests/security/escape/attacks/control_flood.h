#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_CONTROL_FLOOD_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_CONTROL_FLOOD_H_

namespace faas::escape {

// Sends as much as `control` takes without waiting, up to 10 MB, and a hundred
// descriptors with it. Returns how many descriptors it took, or -1 and an errno
// if it took nothing at all.
int FloodControl(int control);

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_CONTROL_FLOOD_H_
