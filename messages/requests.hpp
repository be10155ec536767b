#pragma once

// Everything that can be asked: plain structs, no CAF here, so that a route
// compiles quickly.
#include "messages/requests/definitions.hpp"
#include "messages/requests/executions.hpp"
#include "messages/requests/node.hpp"
#include "messages/requests/shards.hpp"
#include "messages/requests/tasks.hpp"
