// What is written about requests.
import { optional } from '../option.ts'
import { LOG_TARGET } from '../value-types.ts'

export const LOGS = {
  accessLog: optional({
    group: 'Logs',
    metavariable: 'FILE',
    aliases: ['--access-logfile'],
    type: LOG_TARGET,
    unset: 'no access log',
    help: 'Writes a line for each request, refused ones too, to FILE or, for -, to standard output: the combined log format, and behind it the milliseconds it took, its id and the code of a refusal.',
    since: '0.1.0',
    isCommon: true,
  }),
}
