// Socket activation: the service manager has opened the sockets, and passes them on as descriptors 3, 4, … (sd_listen_fds(3)).

import { fstatSync } from 'node:fs'
import { GantryError } from '../../errors.ts'

/** A socket that this process was started with. */
export interface PassedDescriptor {
  readonly descriptor: number
  /** As the service manager calls it, for messages. */
  readonly name: string
}

export interface Passed {
  readonly descriptors: readonly PassedDescriptor[]
  /** The sockets are meant for this process, which is not this one. */
  readonly otherPid: number | undefined
}

type ProcessVariables = Record<string, string | undefined>

const FIRST_DESCRIPTOR = 3
const MOST_DESCRIPTORS = 1024
const NOTHING: Passed = { descriptors: [], otherPid: undefined }

/**
 * What this process was passed. Removes the variables that tell so: what it starts itself is not meant by them. Throws a GantryError where
 * they cannot be true.
 */
export function takePassedDescriptors(env: ProcessVariables, pid: number): Passed {
  const { LISTEN_PID: receiver, LISTEN_FDS: count, LISTEN_FDNAMES: names = '' } = env
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES', 'LISTEN_PIDFDID'])
    Reflect.deleteProperty(env, name)
  if (receiver === undefined || count === undefined) return NOTHING
  if (receiver !== String(pid)) return { descriptors: [], otherPid: Number(receiver) }
  const named = names.split(':')
  return {
    descriptors: Array.from({ length: countOf(count) }, (_, index) =>
      passed(FIRST_DESCRIPTOR + index, named[index] ?? ''),
    ),
    otherPid: undefined,
  }
}

function countOf(text: string): number {
  const count = Number(text)
  if (/^\d{1,4}$/.test(text) && count <= MOST_DESCRIPTORS) return count
  throw new GantryError('GANTRY_PASSED_SOCKET_BAD', {
    what: `LISTEN_FDS=${text}`,
    reason: 'it is no number of sockets',
  })
}

function passed(descriptor: number, name: string): PassedDescriptor {
  if (isSocket(descriptor)) return { descriptor, name }
  const what = `descriptor ${descriptor}${name === '' ? '' : ` (${name})`}`
  throw new GantryError('GANTRY_PASSED_SOCKET_BAD', { what, reason: 'it is not open, or no socket' })
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket()
  } catch {
    return false
  }
}
