// Who listens on a TCP port, for the message that says the port is taken. Linux only, and only for processes that this user
// may look into: everywhere else the answer is "not known". Never throws.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export type PortOwner = { readonly pid: number; readonly command: string }

const LISTEN = '0A'
const LONGEST_COMMAND = 100

export function portOwner(port: number, proc = '/proc'): PortOwner | undefined {
  try {
    const inodes = listeningInodes(port, proc)
    if (inodes.size === 0) return undefined
    const pid = readdirSync(proc).find(
      (entry) => /^\d+$/.test(entry) && holdsSocket(`${proc}/${entry}/fd`, inodes),
    )
    return pid === undefined
      ? undefined
      : Object.freeze({ pid: Number(pid), command: commandOf(`${proc}/${pid}`) })
  } catch {
    return undefined
  }
}

/** A row: number, local address `0100007F:1F40`, remote address, state, queues, timer, retransmits, uid, timeout, inode. */
function listeningInodes(port: number, proc: string): ReadonlySet<string> {
  const rows = ['tcp', 'tcp6'].flatMap((table) => textOf(`${proc}/net/${table}`).split('\n'))
  const fields = rows.map((row) => row.trim().split(/\s+/))
  const listening = fields.filter(
    ([, local, , state]) => state === LISTEN && Number.parseInt(local?.split(':')[1] ?? '', 16) === port,
  )
  return new Set(
    listening.map((row) => row[9]).filter((inode) => inode !== undefined && inode !== '0') as string[],
  )
}

function holdsSocket(directory: string, inodes: ReadonlySet<string>): boolean {
  return attempt(() => readdirSync(directory), []).some((descriptor) => {
    const target = attempt(() => readlinkSync(`${directory}/${descriptor}`), '')
    return inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '')
  })
}

/** The command line on one line, without anything that a terminal would act on. */
function commandOf(directory: string): string {
  const text = textOf(`${directory}/cmdline`) || textOf(`${directory}/comm`)
  const command = text.replace(/\p{Cc}+/gu, ' ').trim()
  return command.length > LONGEST_COMMAND ? `${command.slice(0, LONGEST_COMMAND)}…` : command
}

const textOf = (path: string): string => attempt(() => readFileSync(path, 'utf8'), '')

// Processes end and permissions differ between one look and the next.
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
