#pragma once

// All requests: plain structs without CAF, so that routes compile quickly.
#include "messages/requests/cluster.hpp"
#include "messages/requests/definitions.hpp"
#include "messages/requests/executions.hpp"
#include "messages/requests/jobs.hpp"
#include "messages/requests/node.hpp"
#include "messages/requests/schedules.hpp"
#include "messages/requests/search.hpp"
#include "messages/requests/shards.hpp"
#include "messages/requests/tasks.hpp"
#include "messages/requests/waits.hpp"
