#!/bin/sh
# A path, and nothing else: the answer is that of the Flask application (RFC 3875, section 6.2.2).
printf 'Location: /where\n\n'
