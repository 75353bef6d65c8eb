// What the bench's nginx is told, for each protocol and peer.
import { expect, test } from 'vitest'

import { NGINX_GANTRY } from '../../bench/servers/nginx-gantry.ts'
import type { LaunchSetup } from '../../bench/servers/server-entry.ts'
import { nginxUwsgi } from '../../bench/servers/uwsgi.ts'
import { ONE_CORE } from '../../bench/suites/settings.ts'

const SETUP: LaunchSetup = {
  ...ONE_CORE,
  repository: '/repository',
  appDirectory: '/applications',
  pythonBin: '/python',
  filesDirectory: '/files',
  certificate: { certificateFile: '/certificate', keyFile: '/key' },
  port: 8080,
  privateDirectory: '/private',
}

const PLANS = new Map([...NGINX_GANTRY, nginxUwsgi].map(({ name, plan }) => [name, plan(SETUP)]))

test.each([
  ['nginx-gantry-http', 'proxy_pass http://application;', 'unix:/private/gantry.sock'],
  ['nginx-gantry-uwsgi', 'uwsgi_pass application;', 'uwsgi+unix:/private/gantry.sock'],
  ['nginx-gantry-scgi', 'scgi_pass application;', 'scgi+unix:/private/gantry.sock'],
  ['nginx-gantry-fastcgi', 'fastcgi_pass application;', 'fcgi+unix:/private/gantry.sock'],
])('%s: nginx and Gantry speak the same at the same socket', (name, pass, bind) => {
  const { files = {}, commands } = PLANS.get(name)!
  expect(files['nginx.conf']).toContain(pass)
  expect(files['nginx.conf']).toContain('server unix:/private/gantry.sock;')
  const { argv } = commands[0]!
  expect(argv[argv.indexOf('--bind') + 1]).toBe(bind)
})

test('connections are kept where the protocol can keep them', () => {
  const keeping = [...PLANS].filter(([, { files }]) => files?.['nginx.conf']?.includes('keepalive 32;'))
  expect(keeping.map(([name]) => name)).toEqual(['nginx-gantry-http', 'nginx-gantry-fastcgi'])
  expect(PLANS.get('nginx-gantry-fastcgi')?.files?.['nginx.conf']).toContain('fastcgi_keep_conn on;')
})

test('nginx buffers for uWSGI, which has no front of its own, and not for Gantry', () => {
  const buffering = [...PLANS].filter(([, { files }]) => !files?.['nginx.conf']?.includes('_buffering off;'))
  expect(buffering.map(([name]) => name)).toEqual(['nginx-uwsgi'])
})

test('the length of a body is told once: with SCGI nginx does it by itself', () => {
  const telling = [...PLANS].filter(([, { files }]) =>
    files?.['nginx.conf']?.includes('_param CONTENT_LENGTH '),
  )
  expect(telling.map(([name]) => name)).toEqual(['nginx-gantry-uwsgi', 'nginx-gantry-fastcgi', 'nginx-uwsgi'])
})
