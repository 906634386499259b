#pragma once

#include <memory>
#include <string>

namespace carafe::postgres {

// A JSON Patch (RFC 6902), read once and applied to many documents.
class JsonPatch {
public:
    // Throws ConfigurationError that names the operation that is wrong.
    explicit JsonPatch(const std::string& text);
    ~JsonPatch();
    JsonPatch(const JsonPatch&) = delete;
    JsonPatch& operator=(const JsonPatch&) = delete;

    // The patched document. Throws std::runtime_error that says why the patch does not fit: the
    // document is no JSON, a place is not there, or a test failed.
    [[nodiscard]] std::string apply(const std::string& document) const;

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::postgres
