// A notice's package on its way into a data folder. Whatever is wrong with it is said beforehand,
// with the path of each mistake, and nothing of a wrong package is kept.
#pragma once

#include "server/intake/site.hpp"

namespace intake {

// As notice::load(), and every expression is prepared besides, as a device will prepare it: the
// package is present only when devices and the server can judge by it.
notice::LoadedPackage check_package(std::string_view document);

enum class Publication {
    published, // It is the current version now.
    unchanged, // It was the current version already; nothing was written.
};

// Keeps the bytes and appends the operator's publication. A version that was current earlier
// becomes so again. May be called beside a running server, which takes it up by itself
// (Site::take_up_published). bad_package with all mistakes, a line each.
base::Result<Publication> publish(Site& site, std::string_view document);

// The lines of a fault or of the command line: "path：reason", behind `place` ("package.json#").
std::string mistake_lines(const std::vector<notice::PackageMistake>& mistakes,
                          const std::string&                         place);

} // namespace intake
