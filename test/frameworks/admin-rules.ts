// Django's admin, which uses most of Django at once: users, permissions, sessions, forms, messages, the database, static files.

import { expect } from 'vitest'
import { headerOf, headersOf, textOf } from './clients/client.ts'
import { ADMIN } from './django-database.ts'
import type { Rule } from './route-rules.ts'
import type { Site } from './site.ts'
import { linksOf } from './visitor.ts'
import type { Visitor } from './visitor.ts'

const LOGIN = '/admin/login/?next='
const NOTES = '/admin/notes/note/'

export const ADMIN_RULES: readonly Rule[] = [
  {
    name: 'lets nobody into the admin without the right password (W71)',
    isForOneClient: true,
    async run(site, client) {
      const visitor = site.visitor(client)
      const { mountPoint } = site.mode
      const turnedAway = await visitor.get(NOTES)
      expect(turnedAway.status).toBe(302)
      expect(headersOf(turnedAway, 'location')).toEqual([`${mountPoint}${LOGIN}${mountPoint}${NOTES}`])
      const refused = await visitor.fillIn(LOGIN, { ...ADMIN, password: 'wrong' })
      expect(refused.status).toBe(200)
      expect(textOf(refused)).toContain('Please enter the correct username and password')
    },
  },
  {
    name: 'adds, changes and deletes in the admin (W71)',
    async run(site, client) {
      const visitor = await logIn(site, site.visitor(client))
      const text = `Grüße von ${client.name}, ${site.mode.name}`

      expectSaved(site, await visitor.fillIn(`${NOTES}add/`, { text }))
      const added = textOf(await visitor.get(NOTES))
      expect(added).toContain('was added successfully')
      const id = new RegExp(`note/(\\d+)/change/[^>]*>${text}<`).exec(added)?.[1] ?? 'none'

      expectSaved(site, await visitor.fillIn(`${NOTES}${id}/change/`, { text: `${text}, changed` }))
      const changed = textOf(await visitor.get(NOTES))
      expect(changed).toContain('was changed successfully')
      expect(changed).toContain(`>${text}, changed<`)

      expectSaved(site, await visitor.fillIn(`${NOTES}${id}/delete/`, {}))
      const deleted = textOf(await visitor.get(NOTES))
      expect(deleted).toContain('was deleted successfully')
      expect(deleted).not.toContain(`note/${id}/`)
    },
  },
  {
    name: 'has the style sheets and scripts of the admin (W71)',
    isForOneClient: true,
    async run(site, client) {
      const visitor = await logIn(site, site.visitor(client))
      const links = linksOf(textOf(await visitor.get(`${NOTES}add/`))).filter((link) =>
        /\.(css|js)$/.test(link),
      )
      expect(links.length).toBeGreaterThan(5)
      for (const link of links) {
        const file = await visitor.get(link.slice(site.mode.mountPoint.length))
        expect([link, file.status]).toEqual([link, 200])
        expect(headerOf(file, 'content-type')).toMatch(link.endsWith('.css') ? /^text\/css/ : /javascript/)
        expect(textOf(file).length).toBeGreaterThan(100)
      }
    },
  },
]

async function logIn(site: Site, visitor: Visitor): Promise<Visitor> {
  const answer = await visitor.fillIn(`${LOGIN}${site.mode.mountPoint}/admin/`, ADMIN)
  expect(answer.status).toBe(302)
  expect(headersOf(answer, 'location')).toEqual([`${site.mode.mountPoint}/admin/`])
  return visitor
}

function expectSaved(site: Site, answer: Parameters<typeof headersOf>[0]): void {
  expect(answer.status).toBe(302)
  expect(headersOf(answer, 'location')).toEqual([`${site.mode.mountPoint}${NOTES}`])
}
