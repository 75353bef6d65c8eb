#!/usr/bin/perl
# As scripts were written in 1995, and as they still run.
use strict;
use warnings;

print "Content-Type: text/plain\n\n";
print "Hello from $ENV{SCRIPT_NAME}, you asked for $ENV{PATH_INFO}\n";
