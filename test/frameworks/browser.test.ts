// A browser sees what no client program does: whether styles apply, cookies come back, events arrive while a page is open.

import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTool } from '../../scripts/test-tools.ts'
import { startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { findTestPython } from '../harness/test-python.ts'
import { ADMIN, makeDjangoDatabase } from './django-database.ts'
import { FRAMEWORKS } from './framework.ts'
import { MODES, openSite } from './site.ts'

const testPython = await findTestPython()
const MOUNTED = MODES.find(({ mountPoint }) => mountPoint !== '')!
const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync']
const ALONE = ['--disable-background-networking', '--disable-component-update']

describe.skipIf(!testPython.has('chromium'))('in a browser', () => {
  let browser: Browser
  let page: Page
  let refused: string[]

  beforeAll(async () => {
    const tool = await findTool('chromium')
    if (!tool.isFound) throw new Error(tool.reason)
    browser = await chromium.launch({ executablePath: tool.path, args: [...QUIET, ...ALONE] })
    page = await browser.newPage()
    page.setDefaultTimeout(20_000)
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`)
    })
  })
  afterAll(async () => await browser.close())

  test.skipIf(!testPython.has('django'))("Django's admin is styled, and adds a note (W71)", async () => {
    using directory = new TemporaryDirectory()
    const database = directory.join('db.sqlite3')
    await makeDjangoDatabase(testPython.python, database)
    await using site = await openSite(FRAMEWORKS.django, MOUNTED, testPython.python, {
      DJANGO_DATABASE: database,
    })
    refused = []

    await page.goto(`${site.url}/admin/`)
    await page.fill('[name=username]', ADMIN.username)
    await page.fill('[name=password]', ADMIN.password)
    await page.click('[type=submit]')
    await page.click('text=Notes')
    await page.click('a.addlink:visible >> nth=0')
    await page.fill('[name=text]', 'Grüße aus dem Browser')
    await page.click('[name=_save]')

    expect(await page.textContent('.messagelist')).toMatch(/was added successfully/)
    expect(await page.textContent('#result_list')).toContain('Grüße aus dem Browser')
    // Without its style sheet the header is as transparent as everything else.
    const header = 'getComputedStyle(document.querySelector("#header")).backgroundColor'
    expect(await page.evaluate<string>(header)).not.toBe('rgba(0, 0, 0, 0)')
    expect(refused).toEqual([])
  })

  test("the tour's events arrive while the page is open (W44)", async () => {
    await using gantry = await startGantry(['examples/tour/app.py', '--workers', '1'])
    refused = []

    await page.goto(`${gantry.url}/stream`)
    await page.waitForFunction('document.querySelector("#events").textContent.includes("2 of 20")')
    const [events = '', lines = ''] = await page
      .locator('pre')
      .allTextContents()
      .then((panes) => panes.toReversed())
    expect(events).toMatch(/^1 of 20\n2 of 20\n/)
    expect(events).not.toContain('that was all')
    expect(lines).toMatch(/^line 1\n/)
    expect(refused).toEqual([])
    // Leaves, so that the server need not wait for the streams to end.
    await page.goto('about:blank')
  })
})
