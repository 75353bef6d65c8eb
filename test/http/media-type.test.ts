import { expect, test } from 'vitest'
import { isCompressedType, mediaTypeOf } from '../../src/http/media-type.ts'

test.each([
  ['index.html', 'text/html; charset=utf-8'],
  ['a/b.min.js', 'text/javascript; charset=utf-8'],
  ['SITE.CSS', 'text/css; charset=utf-8'],
  ['data.json', 'application/json'],
  ['app.js.map', 'application/json'],
  ['logo.svg', 'image/svg+xml'],
  ['feed.xml', 'text/xml'],
  ['favicon.ico', 'image/x-icon'],
  ['site.webmanifest', 'application/manifest+json'],
  ['a.woff2', 'font/woff2'],
  ['report.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['dump.tar.gz', 'application/gzip'],
  ['app.js.br', 'application/octet-stream'],
  ['README', 'application/octet-stream'],
  ['html', 'application/octet-stream'],
  ['a.html/b', 'application/octet-stream'],
  ['odd.', 'application/octet-stream'],
  ['a.constructor', 'application/octet-stream'],
  ['', 'application/octet-stream'],
])('%s is %s', (name, type) => {
  expect(mediaTypeOf(name)).toBe(type)
})

test.each([
  ['image/png', true],
  ['image/svg+xml', false],
  ['image/x-icon', false],
  ['image/bmp', false],
  ['video/mp4', true],
  ['audio/wav', true],
  ['font/woff2', true],
  ['font/ttf', false],
  ['application/zip', true],
  ['application/json', false],
  ['text/html; charset=utf-8', false],
  ['application/octet-stream', false],
])('whether %s is compressed by itself: %s', (type, expected) => {
  expect(isCompressedType(type)).toBe(expected)
})
