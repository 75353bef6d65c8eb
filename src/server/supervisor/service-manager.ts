// The service manager that has started this process, if any did: the sockets that it passes, and what it hears of the server's state.

import type { Log } from '../../observe/log.ts'
import { openNotifier } from '../systemd/notifier.ts'
import { takePassedDescriptors } from '../systemd/passed-descriptors.ts'
import { supervisorReports } from './reports.ts'
import type { SupervisorParts } from './supervisor.ts'

export interface ServiceManager extends Required<Pick<SupervisorParts, 'inherited' | 'stateChanged'>> {
  /** Tells it from now on that the server is well, as long as `isWell` says so. */
  watch(isWell: () => Promise<boolean>): void
}

/** Removes from `env` what is not meant for processes that are started from now on. Throws a GantryError for sockets that are none. */
export function openServiceManager(env: NodeJS.ProcessEnv, log: Log): ServiceManager {
  const reports = supervisorReports(log)
  const { descriptors, otherPid } = takePassedDescriptors(env, process.pid)
  if (otherPid !== undefined) reports.passedToOther(otherPid)
  const notifier = openNotifier(env, (reason) => reports.untold(reason))
  return {
    inherited: descriptors.map(({ descriptor }) => descriptor),
    stateChanged(state, line) {
      if (state === 'serving') notifier.ready(line)
      else if (state === 'reloading') notifier.reloading()
      else if (state === 'stopping') {
        notifier.stopping()
        notifier.close()
      }
    },
    watch: (isWell) => notifier.watch(isWell),
  }
}
