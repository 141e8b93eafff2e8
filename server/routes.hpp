// The list of every URL: to learn what the server answers, read routes.cpp.
#pragma once

#include "server/handlers/http.hpp"

#include <span>

std::span<const handlers::Route> routes();
