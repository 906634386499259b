#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

namespace carafe::spec {

// The first of so many ports of 127.0.0.1, one after the other, on which nobody listens at this
// moment.
inline int free_ports(int count) {
    while (true) {
        std::vector<int> taken;
        int first = 0;  // the system chooses
        for (int number = 0; number < count; ++number) {
            const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
            taken.push_back(descriptor);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            address.sin_port = htons(static_cast<in_port_t>(number == 0 ? 0 : first + number));
            socklen_t size = sizeof address;
            if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
                first = 0;
                break;
            }
            if (number == 0) {
                getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
                first = ntohs(address.sin_port);
            }
        }
        for (const int descriptor : taken) {
            close(descriptor);
        }
        if (first != 0) {
            return first;
        }
    }
}

inline int free_port() {
    return free_ports(1);
}

}  // namespace carafe::spec
