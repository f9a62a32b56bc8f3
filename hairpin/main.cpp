// SPDX-License-Identifier: Apache-2.0
#include "hairpin/commands/command.hpp"

int main(int argc, char** argv) { return hairpin::run_program(argc, argv); }
