#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

namespace carafe::spec {

// The whole response of 127.0.0.1 to one GET; "cannot connect" when nobody listens.
inline std::string http_get(int port, const std::string& path) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close(descriptor);
        return "cannot connect";
    }
    const std::string request =
        "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(
        send(descriptor, request.data(), request.size(), MSG_NOSIGNAL),
        static_cast<ssize_t>(request.size())
    );
    std::string response;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 1; count > 0;) {
        count = recv(descriptor, buffer.data(), buffer.size(), 0);
        response.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    close(descriptor);
    return response;
}

}  // namespace carafe::spec
