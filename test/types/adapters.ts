// What must compile of `gantry/adapters`, and what must not, with the types of the real frameworks. Nothing here runs.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { fromFetch, fromNodeListener, toFetch, toNodeListener } from '../../src/adapters/index.ts'
import type { Application } from '../../src/wsgi/index.ts'

declare const shop: Application

// An application inside of each.

createServer(toNodeListener(shop))
express().use('/legacy', toNodeListener(shop))
const inFastify = fastify()
const listener = toNodeListener(shop, { scriptName: '/legacy' })
inFastify.all('/legacy/*', (request, reply) => {
  reply.hijack()
  listener(request.raw, reply.raw)
})
const inHono = new Hono()
const legacy = toFetch(shop, { scriptName: '/legacy' })
inHono.all('/legacy/*', (c) => legacy(c.req.raw, c.env))

// Each as an application.

export const applications: readonly Application[] = [
  fromNodeListener(express()),
  fromNodeListener(new Koa().callback(), { cutsMount: true }),
  fromNodeListener((request: IncomingMessage, response: ServerResponse) => response.end(request.url)),
  fromFetch(inHono.fetch),
  fromFetch((request) => new Response(request.url)),
]

// @ts-expect-error: a listener is no application: fromNodeListener makes one of it
export const noApplication: Application = toNodeListener(shop)
// @ts-expect-error: a fetch handler answers with a Response
fromFetch(() => 'text')
// @ts-expect-error: a fetch handler is told nothing but the request
fromFetch((request: Request, second: string) => new Response(request.url + second))
// @ts-expect-error: whoever is believed is named by address
toNodeListener(shop, { trustsProxy: true })
// @ts-expect-error: a misspelt option
toFetch(shop, { mount: '/legacy' })
