// Why an address cannot be listened on, in the user's words.

import { GantryError } from '../errors.ts'
import { portOwner } from './port-owner.ts'

/** The error for what the system said of the address `text`; whoever has its TCP port is looked for. */
export function bindError(text: string, error: unknown, port?: number): GantryError {
  const { code, message } = error as NodeJS.ErrnoException
  const cause = { cause: error }
  switch (code) {
    case 'EADDRINUSE': {
      const owner = port === undefined ? undefined : portOwner(port)
      return new GantryError('GANTRY_BIND_IN_USE', { address: text, owner }, cause)
    }
    case 'EACCES':
    case 'EPERM':
      return new GantryError('GANTRY_BIND_NOT_PERMITTED', { address: text }, cause)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new GantryError('GANTRY_BIND_NOT_AVAILABLE', { address: text, reason: message }, cause)
    default:
      return new GantryError('GANTRY_BIND_FAILED', { address: text, reason: message }, cause)
  }
}
