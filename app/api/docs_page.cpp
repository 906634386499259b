#include "app/api/docs_page.h"

#include <boost/json.hpp>

namespace shop {

namespace {

namespace json = boost::json;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The shop: HTTP API</title><style>
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow:auto;padding:.5rem;border:1px solid #8884}
details{border-top:1px solid #8884;padding:.4rem 0}summary{cursor:pointer}
.method{display:inline-block;width:4.5rem;font-weight:bold}td,th{text-align:left;padding:.1rem 1rem .1rem 0;vertical-align:top}
</style></head><body>
)";

std::string escaped(std::string_view text) {
    std::string html;
    for (const char c : text) {
        if (c == '&') {
            html += "&amp;";
        } else if (c == '<') {
            html += "&lt;";
        } else if (c == '>') {
            html += "&gt;";
        } else if (c == '"') {
            html += "&quot;";
        } else {
            html += c;
        }
    }
    return html;
}

std::string text_at(const json::value& value, std::string_view pointer) {
    boost::system::error_code error;
    const json::value* found = value.find_pointer(pointer, error);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
}

// Written for people: indented, and references as links.
class SchemaWriter {
public:
    std::string write(const json::value& value) {
        append(value, 0);
        return std::move(html_);
    }

private:
    void append(const json::value& value, std::size_t depth) {
        if (value.is_object()) {
            append_object(value.get_object(), depth);
        } else if (value.is_array()) {
            append_array(value.get_array(), depth);
        } else {
            html_ += escaped(json::serialize(value));
        }
    }

    void append_object(const json::object& object, std::size_t depth) {
        if (const json::value* reference = object.if_contains("$ref")) {
            const std::string target = json::value_to<std::string>(*reference);
            const std::string name = target.substr(target.rfind('/') + 1);
            html_ += "<a href=\"#" + escaped(name) + "\">" + escaped(name) + "</a>";
            return;
        }
        html_ += '{';
        const char* separator = "\n";
        for (const auto& member : object) {
            html_ += separator + std::string(2 * depth + 2, ' ') + escaped(member.key()) + ": ";
            append(member.value(), depth + 1);
            separator = ",\n";
        }
        html_ += object.empty() ? "}" : "\n" + std::string(2 * depth, ' ') + "}";
    }

    void append_array(const json::array& array, std::size_t depth) {
        html_ += '[';
        const char* separator = "";
        for (const json::value& element : array) {
            html_ += separator;
            append(element, depth + 1);
            separator = ", ";
        }
        html_ += ']';
    }

    std::string html_;
};

const json::value& resolved(const json::value& document, const json::value& value) {
    const json::value* reference = value.as_object().if_contains("$ref");
    // "#/components/..." is a pointer behind its "#".
    return reference == nullptr
               ? value
               : document.at_pointer(std::string_view(reference->as_string()).substr(1));
}

std::string parameters_html(const json::value& document, const json::object& operation) {
    std::string html;
    const json::value* parameters = operation.if_contains("parameters");
    if (parameters == nullptr) {
        return html;
    }
    html += "<table><tr><th>parameter</th><th>in</th><th></th></tr>";
    for (const json::value& each : parameters->as_array()) {
        const json::value& parameter = resolved(document, each);
        html += "<tr><td><code>" + escaped(text_at(parameter, "/name")) + "</code></td><td>" +
                escaped(text_at(parameter, "/in")) + "</td><td>" +
                escaped(text_at(parameter, "/description")) + "</td></tr>";
    }
    return html + "</table>";
}

std::string content_html(const json::value& message) {
    std::string html;
    if (const json::value* content = message.as_object().if_contains("content")) {
        for (const auto& type : content->as_object()) {
            html += " <code>" + escaped(type.key()) + "</code> <code>" +
                    SchemaWriter().write(type.value().at("schema")) + "</code>";
        }
    }
    return html;
}

std::string operation_html(
    const json::value& document,
    std::string_view path,
    std::string_view method,
    const json::value& operation
) {
    std::string html = "<details><summary><span class=\"method\">" + escaped(method) +
                       "</span> <code>" + escaped(path) + "</code> " +
                       escaped(text_at(operation, "/summary")) + "</summary><p>" +
                       escaped(text_at(operation, "/description")) + "</p>";
    const json::object& members = operation.as_object();
    html += parameters_html(document, members);
    if (const json::value* body = members.if_contains("requestBody")) {
        html += "<p>Body:" + content_html(*body) + "</p>";
    }
    html += "<table><tr><th>status</th><th></th></tr>";
    for (const auto& each : members.at("responses").as_object()) {
        const json::value& response = resolved(document, each.value());
        html += "<tr><td>" + escaped(each.key()) + "</td><td>" +
                escaped(text_at(response, "/description")) + content_html(response) + "</td></tr>";
    }
    return html + "</table></details>\n";
}

// All operations that have `tag`, in the order of the document.
std::string operations_html(const json::value& document, const std::string& tag) {
    std::string html;
    for (const auto& path : document.at("paths").as_object()) {
        for (const auto& operation : path.value().as_object()) {
            if (text_at(operation.value(), "/tags/0") == tag) {
                html += operation_html(document, path.key(), operation.key(), operation.value());
            }
        }
    }
    return html;
}

}  // namespace

std::string docs_page(std::string_view openapi) {
    const json::value document = json::parse(openapi);
    std::string html(kHead);
    html += "<h1>" + escaped(text_at(document, "/info/title")) + ": HTTP API</h1><p>" +
            escaped(text_at(document, "/info/description")) +
            "</p><p>For programs: <a href=\"openapi.json\">openapi.json</a></p>\n";
    for (const json::value& tag : document.at("tags").as_array()) {
        const std::string name = text_at(tag, "/name");
        html +=
            "<h2>" + escaped(name) + "</h2><p>" + escaped(text_at(tag, "/description")) + "</p>\n";
        html += operations_html(document, name);
    }
    html += "<h2>Schemas</h2>\n";
    for (const auto& schema : document.at_pointer("/components/schemas").as_object()) {
        html += "<h3 id=\"" + escaped(schema.key()) + "\">" + escaped(schema.key()) + "</h3><pre>" +
                SchemaWriter().write(schema.value()) + "</pre>\n";
    }
    return html + "</body></html>\n";
}

}  // namespace shop
