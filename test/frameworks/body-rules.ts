// What W71 asks of bodies, in and out: uploads, echoes, streams, downloads.

import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { bodyOf, headerOf, headersOf, jsonOf, textOf } from './clients/client.ts'
import { LARGE_FILE_BYTES } from './large-file.ts'
import type { LargeFile } from './large-file.ts'
import type { Rule } from './route-rules.ts'

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
// Beyond 64 KiB a body comes by way of a file.
const SPOOLED = Buffer.alloc(100_000, EVERY_BYTE)
const DOWNLOAD_SHA256 = '3a72567c6ef8c6e1550e1cd1fd723ddf28e2d929776e5d60365fd6fe6a941ab4'
const DOWNLOAD_BYTES = 1024 * 1024

export function bodyRules(largeFile: () => LargeFile): readonly Rule[] {
  return [
    {
      name: 'takes an upload of 20 MB (W71)',
      async run(site, client) {
        const file = { field: 'file', name: 'großes Bild.bin', path: largeFile().path }
        const answer = await site.visitor(client).post('/upload', { file })
        expect(answer.status).toBe(200)
        expect(jsonOf(answer)).toEqual({
          name: file.name,
          size: LARGE_FILE_BYTES,
          sha256: largeFile().sha256,
        })
      },
    },
    {
      name: 'answers 400 to an upload without a file',
      async run(site, client) {
        const answer = await site.visitor(client).postFields('/upload', { other: 'field' })
        expect(answer.status).toBe(400)
        expect(jsonOf(answer)).toEqual({ error: "no file in the field 'file'" })
      },
    },
    {
      name: 'reads a raw body to its end: empty, small and spooled (W15)',
      async run(site, client) {
        const headers = { 'Content-Type': 'application/x-everything' }
        for (const body of [Buffer.alloc(0), EVERY_BYTE, SPOOLED]) {
          const answer = await site.visitor(client).post('/echo', { headers, body })
          expect(answer.status).toBe(200)
          expect(headerOf(answer, 'content-type')).toBe('application/x-everything')
          expect(bodyOf(answer).equals(body)).toBe(true)
        }
      },
    },
    {
      name: 'reads a chunked body to its end (W16)',
      async run(site, client) {
        const headers = { 'Content-Type': 'application/x-everything' }
        for (const body of [EVERY_BYTE, SPOOLED]) {
          const answer = await site.visitor(client).post('/echo', { headers, body, isChunked: true })
          expect(answer.status).toBe(200)
          expect(bodyOf(answer).equals(body)).toBe(true)
        }
      },
    },
    {
      name: 'streams each line when it is made (W44)',
      async run(site, client) {
        const answer = await site.visitor(client).get('/stream?n=4&delay=0.12')
        expect(headersOf(answer, 'content-length')).toEqual([])
        expect(textOf(answer)).toBe('line 1\nline 2\nline 3\nline 4\n')
        // A client that was held up may find two lines at once, but not the last together with the first.
        expect(answer.blocks[0]?.toString()).toMatch(/^line 1\n/)
        expect(answer.blocks[0]?.toString()).not.toContain('line 4')
      },
    },
    {
      name: 'streams many lines whole',
      async run(site, client) {
        const lines = textOf(await site.visitor(client).get('/stream?n=500&delay=0'))
          .trimEnd()
          .split('\n')
        expect(lines.length).toBe(500)
        expect(lines.every((line, index) => line === `line ${index + 1}`)).toBe(true)
      },
    },
    {
      name: 'sends a file as an attachment, whole and with its length (W46)',
      async run(site, client) {
        const answer = await site.visitor(client).get('/download')
        expect(answer.status).toBe(200)
        expect(headerOf(answer, 'content-length')).toBe(String(DOWNLOAD_BYTES))
        expect(headerOf(answer, 'content-disposition')).toMatch(/^attachment; ?filename="?lines\.txt"?$/)
        expect(createHash('sha256').update(bodyOf(answer)).digest('hex')).toBe(DOWNLOAD_SHA256)
      },
    },
    {
      name: 'sends a part of a file where the framework does (W46)',
      async run(site, client) {
        const answer = await site
          .visitor(client)
          .get('/download', { headers: { Range: 'bytes=64000-64127' } })
        if (!site.framework.downloadKnowsRanges) {
          expect(answer.status).toBe(200)
          return
        }
        expect(answer.status).toBe(206)
        expect(headerOf(answer, 'content-range')).toBe(`bytes 64000-64127/${DOWNLOAD_BYTES}`)
        expect(textOf(answer)).toBe(`0001000 ${'.'.repeat(55)}\n0001001 ${'.'.repeat(55)}\n`)
      },
    },
  ]
}
