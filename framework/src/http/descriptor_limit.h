#pragma once

namespace carafe::http {

// Lets this process open `connections` sockets beside what it needs for itself: raises the soft
// RLIMIT_NOFILE when it must. Throws ConfigurationError when the hard limit forbids it, rather than
// have accept() fail under load.
void allow_descriptors(int connections);

}  // namespace carafe::http
