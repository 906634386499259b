#pragma once

#include <stdexcept>
#include <string>

#include "app/models/money.h"
#include "carafe/errors.h"

namespace shop {

struct Charge {
    std::string order_id;
    Money amount;
};

enum class Authorisation { kAuthorised, kDeclined };

// The company that moves the money. Every call is idempotent by order id: made again, it has the
// effect it had. One thread at a time. All throw GatewayAway or GatewayTrouble.
class PaymentGateway {
public:
    virtual ~PaymentGateway() = default;

    virtual Authorisation authorise(const Charge& charge) = 0;
    // Takes what was authorised.
    virtual void capture(const std::string& order_id) = 0;
    // Lets go of what was authorised, or of what is still being authorised. Also of nothing.
    virtual void void_authorisation(const std::string& order_id) = 0;
};

// It cannot be reached, for anybody: try again for as long as it takes.
class GatewayAway : public carafe::TransientError {
public:
    using TransientError::TransientError;
};

// It is there, but this one request came to nothing.
class GatewayTrouble : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace shop
