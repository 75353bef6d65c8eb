// The control groups that this process is in, as directories of the system, for whoever reads a limit or a count there.

import { readFileSync } from 'node:fs'

/** The text of a file, or `undefined` if it cannot be read. */
export type ReadText = (path: string) => string | undefined

export interface ControlGroup {
  /** Version 2 has one hierarchy for all controllers, version 1 one for each. */
  readonly version: 1 | 2
  readonly directory: string
}

export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Where `controller` may count or limit this process: its own group first, then those above it, of each hierarchy. */
export function controlGroups(controller: string, read: ReadText): readonly ControlGroup[] {
  return (read('/proc/self/cgroup') ?? '').split('\n').flatMap((line) => groupsOf(line, controller))
}

/** One line of /proc/self/cgroup is `hierarchy:controllers:path`; version 2 is hierarchy 0 without controllers. */
function groupsOf(line: string, controller: string): readonly ControlGroup[] {
  const match = /^(\d+):([^:]*):(\/.*)$/.exec(line)
  if (match === null) return []
  const [, hierarchy, controllers = '', path = '/'] = match
  if (hierarchy === '0' && controllers === '') {
    return ancestorsOf(path).map((group) => ({ version: 2, directory: `/sys/fs/cgroup${group}` }))
  }
  if (!controllers.split(',').includes(controller)) return []
  const mounts = [...new Set([controllers, controller])]
  return mounts.flatMap((mount) =>
    ancestorsOf(path).map((group): ControlGroup => {
      return { version: 1, directory: `/sys/fs/cgroup/${mount}${group}` }
    }),
  )
}

/** `/a/b` → `/a/b`, `/a`, and the root. In a container the path can be the host's; then only the root is there. */
function ancestorsOf(path: string): readonly string[] {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '..')
  return [...segments.map((_, index) => `/${segments.slice(0, segments.length - index).join('/')}`), '']
}
