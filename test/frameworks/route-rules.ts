// What W71 asks of every framework, as rules that each client tries on each site: the pages, forms and sessions. The bodies
// are in body-rules.ts. A rule is about what arrives, so it is the same for all frameworks except where framework.ts says.

import { expect } from 'vitest'
import { headerOf, headersOf, jsonOf, textOf } from './clients/client.ts'
import type { Client } from './clients/client.ts'
import { logsAfter } from './logs-after.ts'
import type { Site } from './site.ts'
import { linksOf } from './visitor.ts'

export interface Rule {
  readonly name: string
  /** Many requests, and all about the application: one client is enough. */
  readonly isForOneClient?: boolean
  readonly run: (site: Site, client: Client) => Promise<void>
}

/** Links that lead to an error, or are there for a form. */
const STATUSES_OF_LINKS: ReadonlyMap<string, readonly number[]> = new Map([
  ['/boom', [500]],
  ['/nowhere', [404]],
  ['/buy/moon', [409]],
  ['/logout', [404, 405]],
])
const MESSAGE = 'Grüße, こんにちは & <b>'

export const ROUTE_RULES: readonly Rule[] = [
  {
    name: 'answers a page with its length, a date and no cookie',
    async run(site, client) {
      const page = await site.visitor(client).get('/')
      expect(page.status).toBe(200)
      expect(headerOf(page, 'content-type')).toMatch(/^text\/html; charset=utf-8$/i)
      expect(textOf(page)).toContain('Gantry')
      expect(headersOf(page, 'content-length')).toEqual([String(Buffer.concat(page.blocks).length)])
      expect(headerOf(page, 'date')).toMatch(/ GMT$/)
      expect(headersOf(page, 'server')).toEqual(['gantry'])
      expect(headersOf(page, 'set-cookie')).toEqual([])
    },
  },
  {
    name: 'routes by the parts of a path, which is UTF-8 behind its percents (W12)',
    async run(site, client) {
      const visitor = site.visitor(client)
      const paths = { Ada: 'Ada', 'caf%C3%A9': 'café', 'a%20b': 'a b', '%E3%81%93%3F': 'こ?' }
      for (const [path, name] of Object.entries(paths)) {
        const greeting = await visitor.get(`/greet/${path}`)
        expect(textOf(greeting)).toBe(`Hello, ${name}!`)
        expect(headerOf(greeting, 'content-type')).toMatch(/^text\/plain; charset=utf-8$/i)
      }
    },
  },
  {
    name: 'knows where it is mounted and what its address is (W18)',
    async run(site, client) {
      const where = await site.visitor(client).get('/where')
      expect(headerOf(where, 'content-type')).toBe('application/json')
      expect(jsonOf(where)).toEqual({
        script_name: site.mode.mountPoint,
        path_info: '/where',
        root_url: `${site.url}/`,
        self_url: `${site.url}/where`,
      })
    },
  },
  {
    name: 'links to nothing outside of its mount point, and every link leads somewhere (W18)',
    isForOneClient: true,
    async run(site, client) {
      const visitor = site.visitor(client)
      const links = new Set<string>()
      for (const page of ['/', '/form', '/login', '/upload', '/nowhere']) {
        for (const link of linksOf(textOf(await visitor.get(page)))) links.add(new URL(link, site.url).href)
      }
      expect(links.size).toBeGreaterThan(9)
      for (const link of links) {
        expect(link).toMatch(new RegExp(`^${site.url}/`))
        const path = link.slice(site.url.length)
        const expected = STATUSES_OF_LINKS.get(path) ?? [200, 302]
        expect(expected, path).toContain((await visitor.head(path)).status)
      }
    },
  },
  {
    name: 'keeps the message of a form in the session, and redirects (W71)',
    async run(site, client) {
      const visitor = site.visitor(client)
      const sent = await visitor.fillIn('/form', { message: MESSAGE })
      expect(sent.status).toBe(site.framework.redirectAfterPost)
      expectLocation(site, headersOf(sent, 'location'), '/form')
      expect(textOf(await visitor.get('/form'))).toContain('Grüße, こんにちは &amp; &lt;b&gt;')
      expect(textOf(await site.visitor(client).get('/form'))).not.toContain('Grüße')
    },
  },
  {
    name: 'logs a visitor in and out (W71)',
    async run(site, client) {
      const visitor = site.visitor(client)
      expect(jsonOf(await visitor.get('/me'))).toEqual({ name: null })
      expectLocation(site, headersOf(await visitor.fillIn('/login', { name: 'Zoë' }), 'location'), '/me')
      expect(jsonOf(await visitor.get('/me'))).toEqual({ name: 'Zoë' })
      expectLocation(site, headersOf(await visitor.fillIn('/login', {}, '/logout'), 'location'), '/')
      expect(jsonOf(await visitor.get('/me'))).toEqual({ name: null })
    },
  },
  {
    name: 'refuses a form without its token where the framework wants one, and goes on (W15)',
    async run(site, client) {
      const visitor = site.visitor(client)
      const { refusesForgedForms, redirectAfterPost } = site.framework
      const sent = await visitor.postFields('/form', { message: 'x'.repeat(150_000) })
      expect(sent.status).toBe(refusesForgedForms === 'no' ? redirectAfterPost : refusesForgedForms)
      expect((await visitor.get('/')).status).toBe(200)
    },
  },
  {
    name: 'sends several cookies in fields of their own (W71)',
    async run(site, client) {
      const visitor = site.visitor(client)
      const answer = await visitor.get('/cookies')
      const fields = headersOf(answer, 'set-cookie')
      expect(fields.map((field) => field.split(';')[0])).toEqual(['first=1', 'second=two', 'third=3'])
      expect(fields[1]).toMatch(/; HttpOnly/i)
      expect(fields[1]).toMatch(/; SameSite=Lax/i)
      expect(fields[2]).toMatch(/; Max-Age=3600/i)
      expect(jsonOf(answer)).toEqual({ cookies: ['first', 'second', 'third'] })
    },
  },
  {
    name: 'redirects within its mount point (W18)',
    async run(site, client) {
      const answer = await site.visitor(client).get('/redirect')
      expect(answer.status).toBe(302)
      expectLocation(site, headersOf(answer, 'location'), '/')
    },
  },
  {
    name: 'serves a static file, and says 304 when it has not changed',
    async run(site, client) {
      const visitor = site.visitor(client)
      const file = await visitor.get('/static/site.css')
      expect(file.status).toBe(200)
      expect(headerOf(file, 'content-type')).toMatch(/^text\/css/)
      expect(textOf(file)).toContain('--accent')
      const modified = headerOf(file, 'last-modified') ?? ''
      expect(Date.parse(modified)).not.toBeNaN()
      const again = await visitor.get('/static/site.css', { headers: { 'If-Modified-Since': modified } })
      expect(again.status).toBe(304)
      expect(textOf(again)).toBe('')
    },
  },
  {
    name: 'answers 500 for an exception, with the traceback in the log alone (W49)',
    async run(site, client) {
      const visitor = site.visitor(client)
      await logsAfter(site.gantry, /RuntimeError: boom/, async () => {
        const answer = await visitor.get('/boom')
        expect(answer.status).toBe(500)
        expect(textOf(answer)).not.toContain('boom')
        if (site.framework.errorPage === 'its own') expect(textOf(answer)).toContain('Something went wrong')
        else expect(textOf(answer)).toBe('500 Internal Server Error\n')
      })
      expect((await visitor.get('/')).status).toBe(200)
    },
  },
  {
    name: 'shows its own page for what is not there',
    async run(site, client) {
      for (const path of ['/nowhere', '/nowhere/caf%C3%A9', '/static/nothing.css']) {
        expect((await site.visitor(client).get(path)).status).toBe(404)
      }
      expect(textOf(await site.visitor(client).get('/nowhere'))).toContain('Page not found')
    },
  },
  {
    name: 'answers HEAD as GET, without the body (W43)',
    async run(site, client) {
      const visitor = site.visitor(client)
      for (const path of ['/', '/where', '/static/site.css', '/download', '/nowhere', '/redirect']) {
        const [head, get] = [await visitor.head(path), await visitor.get(path)]
        expect(head.status).toBe(get.status)
        expect(head.blocks).toEqual([])
        expect(headerOf(head, 'content-type')).toBe(headerOf(get, 'content-type'))
        expect(headerOf(head, 'content-length')).toBe(headerOf(get, 'content-length'))
      }
    },
  },
  {
    name: 'refuses a method that a route does not have',
    async run(site, client) {
      const { statusOfWrongMethod } = site.framework
      expect((await site.visitor(client).get('/logout')).status).toBe(statusOfWrongMethod)
    },
  },
]

function expectLocation(site: Site, locations: readonly string[], path: string): void {
  const root = site.framework.locationIsAbsolute ? site.url : site.mode.mountPoint
  expect(locations).toEqual([root + path])
}
