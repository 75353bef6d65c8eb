#!/bin/sh
# Answers with its request's body in capitals.
printf 'Content-Type: text/plain\n\n'
exec tr '[:lower:]' '[:upper:]'
