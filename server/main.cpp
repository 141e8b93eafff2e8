#include "server/commands/commands.hpp"

int main(int argument_count, char** arguments) { return run_command(argument_count, arguments); }
