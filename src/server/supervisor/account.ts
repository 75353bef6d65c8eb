// --user and --group: who this process goes on as, once it holds what only root can have. What it starts is then theirs as well.

import { execFileSync } from 'node:child_process'
import { chownSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Settings } from '../../config/resolve.ts'
import { GantryError } from '../../errors.ts'

// Node documents it, its types do not.
const { initgroups } = process as { readonly initgroups?: (user: string, gid: number) => void }

/** Whom the options name. */
export interface Account {
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number } | undefined
  readonly gid: number | undefined
}

type AccountSettings = Pick<Settings, 'user' | 'group' | 'origins'>

/** Throws a GantryError where there is no such account, or only root could become it. Undefined without the options. */
export function accountOf({ user, group, origins }: AccountSettings): Account | undefined {
  if (user === undefined && group === undefined) return undefined
  const account = {
    user: user === undefined ? undefined : knownUser(user, origins.user),
    gid: group === undefined ? undefined : knownGroup(group, origins.group),
  }
  if (process.geteuid?.() !== 0 && !isOurs(account)) {
    const origin = user === undefined ? origins.group : origins.user
    throw new GantryError('GANTRY_ACCOUNT_NOT_PERMITTED', { origin })
  }
  return account
}

/** Gives the files, Unix sockets, to the account, and goes on as it. */
export function become({ user, gid = user?.gid }: Account, files: readonly string[]): void {
  if (process.geteuid?.() !== 0) return
  for (const file of files) chownSync(file, user?.uid ?? -1, gid ?? -1)
  if (gid !== undefined) {
    if (user === undefined) process.setgroups?.([gid])
    else joinGroups(user.name, gid)
    process.setgid?.(gid)
  }
  if (user === undefined) return
  process.setuid?.(user.uid)
  enterHome()
}

/** A user that is only a number is in no group but the one asked for. */
function joinGroups(name: string, gid: number): void {
  if (/^\d+$/.test(name)) process.setgroups?.([gid])
  else initgroups?.(name, gid)
}

/** What programs take for the user they run as. */
function enterHome(): void {
  try {
    const { username, homedir } = userInfo()
    Object.assign(process.env, { HOME: homedir, USER: username, LOGNAME: username })
  } catch {
    // A number without a name has no home either: that of root is not for it.
    for (const name of ['HOME', 'USER', 'LOGNAME']) Reflect.deleteProperty(process.env, name)
  }
}

function knownUser(name: string, origin: string): NonNullable<Account['user']> {
  const uid = idOf(['-u', name])
  const gid = idOf(['-g', name])
  if (uid !== undefined && gid !== undefined) return { name, uid, gid }
  const number = numberIn(name)
  if (number === undefined) throw new GantryError('GANTRY_ACCOUNT_UNKNOWN', { origin, name, kind: 'user' })
  return { name, uid: number, gid: number }
}

function knownGroup(name: string, origin: string): number {
  const gid = numberIn(name) ?? gidOf(name)
  if (gid === undefined) throw new GantryError('GANTRY_ACCOUNT_UNKNOWN', { origin, name, kind: 'group' })
  return gid
}

const isOurs = ({ user, gid }: Account): boolean =>
  (user === undefined || user.uid === process.geteuid?.()) &&
  (gid === undefined || gid === process.getegid?.())

const numberIn = (name: string): number | undefined => (/^\d{1,10}$/.test(name) ? Number(name) : undefined)

/** Node can become a user by name, but not tell who that is; accounts may come from a directory service. */
function idOf(args: readonly string[]): number | undefined {
  return numberIn(outputOf('id', args))
}

function gidOf(name: string): number | undefined {
  return numberIn(outputOf('getent', ['group', name]).split(':')[2] ?? '')
}

function outputOf(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}
