// docs/guide/behind-a-proxy.md shows nothing that no test runs.

import { expect, test } from 'vitest'
import { guideBlocks, guideText, replaceOnce } from './guide.ts'

test('every configuration and command of the page is one that the tests of this folder use', () => {
  expect(guideBlocks()).toEqual([
    'nginx: nginx',
    'nginx: sh',
    'nginx, with the application below a path: nginx',
    'nginx, with the application below a path: sh',
    'HAProxy: haproxy',
    'HAProxy: sh',
    'HAProxy, with Forwarded: haproxy',
    'HAProxy, with Forwarded: sh',
    'PROXY protocol: haproxy',
    'PROXY protocol: nginx',
    'PROXY protocol: sh',
  ])
})

test('a block that is not there, and a text that is no longer in it, are errors', () => {
  expect(() => guideText('nginx', 'haproxy')).toThrow('0 haproxy blocks under nginx')
  expect(() => guideText('Apache', 'sh')).toThrow('0 sh blocks under Apache')
  expect(() => replaceOnce('listen 80;', 'listen 443;', '')).toThrow('stands 0 times')
  expect(() => replaceOnce('a a', 'a', 'b')).toThrow('stands 2 times')
})
