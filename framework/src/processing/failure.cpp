#include "processing/failure.h"

#include <cxxabi.h>

#include <cctype>
#include <cstdlib>
#include <memory>
#include <new>
#include <typeinfo>

#include "carafe/errors.h"
#include "processing/delivery.h"

namespace carafe::processing {

namespace {

std::string demangled(const std::type_info& type) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free
    );
    return status == 0 ? name.get() : type.name();
}

FailureKind kind_of(const std::exception& error, const std::vector<Classifier>& classifiers) {
    for (const Classifier& classifier : classifiers) {
        if (const auto kind = classifier(error)) {
            return *kind;
        }
    }
    if (dynamic_cast<const Fenced*>(&error) != nullptr) {
        return FailureKind::kFenced;
    }
    if (dynamic_cast<const UndecodableError*>(&error) != nullptr) {
        return FailureKind::kUndecodable;
    }
    if (dynamic_cast<const TransientError*>(&error) != nullptr) {
        return FailureKind::kSystemic;
    }
    return FailureKind::kPermanent;
}

bool is_varying(char character) {
    return std::isdigit(static_cast<unsigned char>(character)) != 0;
}

// Words that hold a digit (ids, offsets, UUIDs) become '#', quoted parts '?'.
std::string generalised(const std::string& message) {
    std::string out;
    for (std::size_t index = 0; index < message.size();) {
        const char character = message[index];
        if (character == '"' || character == '\'') {
            const std::size_t end = message.find(character, index + 1);
            if (end != std::string::npos) {
                out += '?';
                index = end + 1;
                continue;
            }
        }
        std::size_t end = index;
        bool varies = false;
        while (end < message.size() &&
               (std::isalnum(static_cast<unsigned char>(message[end])) != 0 || message[end] == '-')
        ) {
            varies |= is_varying(message[end]);
            ++end;
        }
        if (end == index) {
            out += character;
            ++index;
        } else {
            out += varies ? "#" : message.substr(index, end - index);
            index = end;
        }
    }
    return out;
}

}  // namespace

Failure classify(std::exception_ptr error, const std::vector<Classifier>& classifiers) {
    Failure failure;
    try {
        std::rethrow_exception(std::move(error));
    } catch (const std::exception& caught) {
        failure.kind = kind_of(caught, classifiers);
        failure.error_class = demangled(typeid(caught));
        failure.error_message = caught.what();
        if (const auto* named = dynamic_cast<const MessageError*>(&caught)) {
            failure.offset = named->offset();
        }
    } catch (...) {
        failure.error_class = "unknown";
        failure.error_message = "the consumer threw something that is not a std::exception";
    }
    return failure;
}

std::string fingerprint(const Failure& failure) {
    constexpr std::uint64_t kOffsetBasis = 14695981039346656037ULL;
    constexpr std::uint64_t kPrime = 1099511628211ULL;
    std::uint64_t hash = kOffsetBasis;
    for (const char character : failure.error_class + '\n' + generalised(failure.error_message)) {
        hash ^= static_cast<unsigned char>(character);
        hash *= kPrime;
    }
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text(16, '0');
    for (int digit = 15; digit >= 0; --digit) {
        text[static_cast<std::size_t>(digit)] = kHex[hash & 0x0f];
        hash >>= 4;
    }
    return text;
}

}  // namespace carafe::processing
