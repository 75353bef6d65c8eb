// What is written about requests, and about the server itself.
import { optional, single } from '../option.ts'
import { ACCESS_FORMAT, ACCESS_LOG_TARGET, ERROR_LOG_TARGET, LOG_LEVEL, oneOf } from '../value-types.ts'

const TARGETS = 'stdout, stderr, or syslog (syslog:udp://HOST:PORT, syslog:tcp://HOST:PORT)'

export const LOGS = {
  errorLog: single({
    group: 'Logs',
    metavariable: 'TARGET',
    aliases: ['--error-logfile', '--log-file'],
    type: ERROR_LOG_TARGET,
    default: '-',
    help: `Where the server tells what happens, and what the application prints goes: - for standard error, a file, ${TARGETS}. A file is opened anew on SIGUSR1.`,
    since: '0.1.0',
  }),
  logLevel: single({
    group: 'Logs',
    metavariable: 'LEVEL',
    type: LOG_LEVEL,
    default: 'info',
    help: 'The least that the server tells of itself: debug, info, warning or error; critical, as gunicorn has it, means error. What the application prints is always told.',
    since: '0.1.0',
  }),
  logFormat: single({
    group: 'Logs',
    metavariable: 'FORMAT',
    type: oneOf('text', 'json'),
    default: 'text',
    help: 'How the error log is written: text for people, coloured on a terminal (NO_COLOR and FORCE_COLOR count), or json, an object on each line.',
    since: '0.1.0',
  }),
  accessLog: optional({
    group: 'Logs',
    metavariable: 'TARGET',
    aliases: ['--access-logfile'],
    type: ACCESS_LOG_TARGET,
    unset: 'no access log',
    inDevelopment: '-',
    help: 'Writes a line for each request, refused ones too: to - for standard output, or wherever --error-log can.',
    since: '0.1.0',
    isCommon: true,
  }),
  accessLogFormat: optional({
    group: 'Logs',
    metavariable: 'FORMAT',
    aliases: ['--access-logformat'],
    type: ACCESS_FORMAT,
    unset: 'gantry; json where --log-format is json',
    help: "The lines of the access log: common, combined, gantry (combined, and behind it milliseconds, id, code of a refusal, milliseconds in the queue, in the application and on the way, and who served it), json, or gunicorn's atoms: '%(h)s \"%(r)s\" %(s)s %(D)s'.",
    since: '0.1.0',
  }),
}
