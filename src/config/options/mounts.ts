// Several applications under one server.
import { repeatable } from '../option.ts'
import { PYTHON_OPTIONS } from '../python-options.ts'
import { settingOfKey } from '../setting-of-key.ts'
import { MOUNT_KEY } from '../value-types.ts'
import { APPLICATION } from './application.ts'
import { LIMITS } from './limits.ts'
import { OPERATION } from './operation.ts'
import { PROCESSES } from './processes.ts'
import { RECYCLING } from './recycling.ts'
import { TIMES } from './times.ts'

const OF_PYTHON = { ...APPLICATION, ...PROCESSES, ...RECYCLING, ...LIMITS, ...OPERATION, ...TIMES }

/** What an application of several may have of its own. */
export const MOUNT_SETTING_NAMES = [
  'application',
  ...PYTHON_OPTIONS,
  'requestTimeoutMs',
  'responseIdleTimeoutMs',
] as const

/** Their options. */
export const MOUNT_SETTINGS = Object.fromEntries(MOUNT_SETTING_NAMES.map((name) => [name, OF_PYTHON[name]]))

export const MOUNTS = {
  mounts: repeatable({
    group: 'Mounts and routes',
    metavariable: 'PATH=APP',
    type: settingOfKey({
      key: MOUNT_KEY,
      settings: MOUNT_SETTINGS,
      plain: 'application',
      expected:
        'a path and an application, such as /api=api.wsgi:app, or a setting of its own, such as "/api workers=2"',
    }),
    separator: ',',
    isList: true,
    default: [],
    help: 'A further application, for requests whose path is PATH or lies below it (/api), for a host (api.example.org), or both (*.example.org/v2); of several the longest counts. APP itself is for all others. "PATH NAME=VALUE" gives it an option of its own in place of what holds for all, such as workers, chdir or python. Python applications without workers of their own share --workers equally.',
    since: '0.1.0',
  }),
}
