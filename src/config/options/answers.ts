// What the server adds to answers.
import { single } from '../option.ts'
import { SERVER_HEADER } from '../value-types.ts'

export const ANSWERS = {
  serverHeader: single({
    group: 'Answers',
    metavariable: 'VALUE',
    type: SERVER_HEADER,
    default: 'gantry',
    help: 'The value of the Server field, where the application does not set one. Empty switches the field off.',
    since: '0.1.0',
  }),
}
