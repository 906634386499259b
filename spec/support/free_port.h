#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace carafe::spec {

// A port of 127.0.0.1 on which nobody listens at this moment.
inline int free_port() {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size);
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    close(descriptor);
    return ntohs(address.sin_port);
}

}  // namespace carafe::spec
