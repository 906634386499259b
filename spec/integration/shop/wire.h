#pragma once

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <vector>

#include "carafe/http/server.h"
#include "integration/http/http_client.h"
#include "integration/shop/web_fixture.h"

namespace shop::specs {

// A request as bytes: what a client writes, well or badly.
struct Bytes {
    std::string method;
    std::string target;               // with the query, percent-encoded by the spec itself
    std::string credentials;          // behind `Authorization: `; empty: none
    std::vector<std::string> fields;  // "Name: value"
    std::string body;
};

// The shop's routes behind the real server, on a socket.
class Wire {
public:
    Wire() : server_(options(), web.router()) { server_.start(); }

    carafe::http::spec::Reply send(const Bytes& bytes) {
        std::string text = bytes.method + " " + bytes.target + " HTTP/1.1\r\nHost: shop\r\n";
        if (!bytes.credentials.empty()) {
            text += "Authorization: " + bytes.credentials + "\r\n";
        }
        for (const std::string& field : bytes.fields) {
            text += field + "\r\n";
        }
        text += "Content-Length: " + std::to_string(bytes.body.size()) + "\r\n\r\n" + bytes.body;
        return exchange(text);
    }

    Web web;

private:
    static carafe::http::Server::Options options() {
        carafe::http::Server::Options options;
        options.port = 0;
        return options;
    }

    // On a connection that is kept; what the server refuses to read on is sent on a new one.
    carafe::http::spec::Reply exchange(const std::string& text) {
        if (client_ == nullptr) {
            client_ = std::make_unique<carafe::http::spec::HttpClient>(server_.port());
        }
        client_->send(text);
        auto reply = client_->receive();
        if (!reply || (reply->headers.count("connection") != 0 &&
                       reply->headers.at("connection") == "close")) {
            client_.reset();
        }
        return reply.value_or(carafe::http::spec::Reply{});
    }

    carafe::http::Server server_;
    std::unique_ptr<carafe::http::spec::HttpClient> client_;
};

// The pointers of a problem's errors, separated by spaces.
inline std::string pointers_of(const carafe::http::spec::Reply& reply) {
    boost::system::error_code error;
    const boost::json::value body = boost::json::parse(reply.body, error);
    std::string all;
    const auto* errors =
        error || !body.is_object() ? nullptr : body.as_object().if_contains("errors");
    if (errors != nullptr) {
        for (const auto& each : errors->as_array()) {
            all +=
                (all.empty() ? "" : " ") + boost::json::value_to<std::string>(each.at("pointer"));
        }
    }
    return all;
}

}  // namespace shop::specs
