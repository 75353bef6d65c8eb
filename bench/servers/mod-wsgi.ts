// mod_wsgi in its daemon mode under Apache's event MPM, both Debian's.
import { join } from 'node:path'

import { firstLineOf } from '../setup/run-command.ts'
import { apacheConfiguration } from './apache-configuration.ts'
import type { LaunchPlace, ServerEntry } from './server-entry.ts'

export const modWsgi: ServerEntry = {
  name: 'mod-wsgi',
  settings:
    'Apache (event MPM, keep-alive 75 s, no access log) → mod_wsgi in daemon mode, workers as daemon processes',
  // apache2-bin is Apache without the package that would make a service of it.
  debianPackages: ['apache2-bin', 'libapache2-mod-wsgi-py3'],
  frontProgram: /^apache2/,
  findVersion: async (place) => {
    await checkInterpreter(place)
    const [apache = '', module = ''] = await Promise.all(
      ['apache2-bin', 'libapache2-mod-wsgi-py3'].map((name) =>
        firstLineOf(['dpkg-query', '-W', '-f', '${Version}', name]),
      ),
    )
    return `apache ${apache.split('-')[0] ?? ''}, mod_wsgi ${module.split('-')[0] ?? ''}`
  },
  plan: (setup) => ({
    files: { 'apache.conf': apacheConfiguration(setup) },
    commands: [
      {
        argv: [
          'apache2',
          '-d',
          setup.privateDirectory,
          '-f',
          join(setup.privateDirectory, 'apache.conf'),
          '-DFOREGROUND',
        ],
      },
    ],
  }),
}

/** The module is linked with Debian's interpreter: with another one it would be a different comparison. */
async function checkInterpreter({ pythonBin }: LaunchPlace): Promise<void> {
  const identify = ['-c', 'import sys; print(sys.base_prefix, sys.version_info[:2])']
  const own = await firstLineOf([join(pythonBin, 'python'), ...identify])
  const linked = await firstLineOf(['/usr/bin/python3', ...identify])
  if (own !== linked) throw new Error(`mod_wsgi runs ${linked}, the other servers run ${own}`)
}
