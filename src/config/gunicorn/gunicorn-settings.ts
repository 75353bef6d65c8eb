// gunicorn's settings, all of them (26.1), by the names of its configuration file and of its command line.

import type { GunicornSetting } from './gunicorn-setting.ts'
import { WITH_COUNTERPART } from './with-counterpart.ts'
import { WITHOUT_COUNTERPART } from './without-counterpart.ts'

export const GUNICORN_SETTINGS: readonly GunicornSetting[] = [...WITH_COUNTERPART, ...WITHOUT_COUNTERPART]

export const GUNICORN_SETTINGS_BY_FLAG: ReadonlyMap<string, GunicornSetting> = new Map(
  GUNICORN_SETTINGS.flatMap((setting) => (setting.flags ?? []).map((flag) => [flag, setting] as const)),
)
