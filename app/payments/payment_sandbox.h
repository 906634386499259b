#pragma once

#include "app/payments/payment_ledger.h"
#include "carafe/http/router.h"

namespace shop {

// A payment gateway for development and specs; it moves no money. Routes:
//
//   POST /payments/:order_id/authorise {amount_minor, currency} -> {status, ...}
//   POST /payments/:order_id/capture | /void                    -> {status, ...}
//   GET  /payments/:order_id       what it knows: status, requests, authorisations, captures
//   PUT  /rules {rules: [{amount_minor?, operation?, does, times?}]}   what shall go wrong:
//        decline (refuses the money), timeout (does it, answers after 5 s), lose_answer (does it,
//        answers 503, so that the request comes again), fail (does nothing, answers 500)
//   GET  /health
//
// `ledger` must outlive the router.
void payment_sandbox(carafe::http::Router& router, PaymentLedger& ledger);

}  // namespace shop
