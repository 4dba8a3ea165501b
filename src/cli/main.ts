#!/usr/bin/env node
// Entry point of the command line.
process.stdout.write(`tandem, on Node ${process.version}\n`);
