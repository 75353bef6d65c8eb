// Which application a folder has, by its texts alone.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findProject } from '../../src/init/find-project.ts'
import type { Project } from '../../src/init/project.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

type Files = Readonly<Record<string, string>>

function projectOf(files: Files): Project {
  using directory = new TemporaryDirectory()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(directory.join(name)), { recursive: true })
    writeFileSync(directory.join(name), text)
  }
  return findProject(directory.path)
}

const MANAGE = (settings: string): string =>
  `import os\ndef main():\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', '${settings}')\n`
const WSGI = 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n'

const CASES: Readonly<Record<string, readonly [Files, readonly string[]]>> = {
  'Django as startproject makes it': [
    {
      'manage.py': MANAGE('shop.settings'),
      'shop/settings.py': "WSGI_APPLICATION = 'shop.wsgi.application'\n",
      'shop/wsgi.py': WSGI,
    },
    ['shop.wsgi:application'],
  ],
  'Django whose settings name another application': [
    {
      'manage.py': MANAGE('shop.settings'),
      'shop/settings.py': 'WSGI_APPLICATION = "shop.server.app"\n',
      'shop/server.py': '',
    },
    ['shop.server:app'],
  ],
  'Django with settings in several files': [
    {
      'manage.py': MANAGE('config.settings.local'),
      'config/settings/local.py': 'from .base import *\n',
      'config/settings/base.py': 'WSGI_APPLICATION = "config.wsgi.application"\n',
      'config/wsgi.py': WSGI,
    },
    ['config.wsgi:application'],
  ],
  'Django whose settings say nothing': [
    { 'manage.py': MANAGE('config.settings'), 'config/settings.py': '', 'config/wsgi.py': WSGI },
    ['config.wsgi:application'],
  ],
  'Flask in a file': [{ 'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n' }, ['app:app']],
  'Flask with a type': [
    { 'main.py': 'import flask\nserver: flask.Flask = flask.Flask(__name__)\n' },
    ['main:server'],
  ],
  'Flask in a package': [
    { 'shop/__init__.py': 'from flask import Flask\napp = Flask(__name__)\n' },
    ['shop:app'],
  ],
  'a factory of Flask': [
    {
      'shop/__init__.py':
        'from flask import Flask\ndef create_app(config=None):\n    app = Flask(__name__)\n    return app\n',
    },
    ['shop:create_app()'],
  ],
  'a factory that needs arguments, and a module that calls it': [
    {
      'shop/__init__.py': 'from flask import Flask\ndef create_app(config):\n    return Flask(__name__)\n',
      'wsgi.py': 'from shop import create_app\napp = create_app("production")\n',
    },
    ['wsgi:app'],
  ],
  'wsgi.py before others': [
    {
      'wsgi.py': 'from app import app as application\ndef application(environ, start_response): ...\n',
      'app.py': 'from flask import Flask\napp = Flask("x")\n',
    },
    ['wsgi:application', 'app:app'],
  ],
  Pyramid: [{ 'app.py': 'app = config.make_wsgi_app()\n' }, ['app:app']],
  Falcon: [{ 'app.py': 'import falcon\napi = falcon.App()\n' }, ['app:api']],
  Bottle: [{ 'app.py': 'import bottle\napp = bottle.default_app()\n' }, ['app:app']],
  'a plain function': [
    { 'hello.py': 'def application(environ, start_response):\n    ...\n' },
    ['hello:application'],
  ],
  'what stands in tests, environments and hidden folders is none': [
    {
      'tests/app.py': 'app = Flask(__name__)\n',
      'venv/app.py': 'app = Flask(__name__)\n',
      '.tox/app.py': 'app = Flask(__name__)\n',
      'a.py': 'def helper():\n    app = Flask(__name__)\n',
    },
    [],
  ],
  TypeScript: [
    {
      'app.ts':
        "import type { Application } from 'gantry/wsgi'\nexport const application: Application = () => []\n",
    },
    ['./app.ts:application'],
  ],
  'TypeScript for something else': [{ 'app.ts': 'export const app = new Hono()\n' }, []],
  nothing: [{ 'README.md': '' }, []],
}

test.each(Object.entries(CASES))('%s', (_, [files, applications]) => {
  expect(projectOf(files).applications.map(({ application }) => application)).toEqual(applications)
})

describe('dependencies', () => {
  test.each([
    [
      { 'requirements.txt': '', 'requirements-dev.txt': '' },
      'pip',
      ['requirements.txt', 'requirements-dev.txt'],
    ],
    [{ 'pyproject.toml': '[project]\n' }, 'pip', ['pyproject.toml']],
    [{ 'pyproject.toml': '', 'uv.lock': '' }, 'uv', ['pyproject.toml', 'uv.lock']],
    [{ 'pyproject.toml': '[tool.poetry]\n', 'poetry.lock': '' }, 'poetry', ['pyproject.toml', 'poetry.lock']],
    [{ Pipfile: '', 'Pipfile.lock': '' }, 'pipenv', ['Pipfile', 'Pipfile.lock']],
    [{}, 'none', []],
  ] as const)('of %j come by %s', (files, tool, names) => {
    expect(projectOf(files).dependencies).toEqual({ tool, files: names })
  })
})

test('what else is worth a word', () => {
  const { notes } = projectOf({
    'main.py': 'from fastapi import FastAPI\napi = FastAPI()\n',
    'package.json': '{"dependencies": {"express": "^5"}}',
    'gunicorn.conf.py': '',
    'uwsgi.ini': '',
  })
  expect(notes).toEqual([
    'main.py has an application of FastAPI, which speaks ASGI; Gantry serves WSGI. It needs an adapter such as a2wsgi here, or an ASGI server.',
    expect.stringMatching(/^package\.json has express: .*pythonApplication\(\)/),
    'gunicorn.conf.py is here: gantry migrate gunicorn says what it is for Gantry.',
    'uwsgi.ini is here: gantry migrate uwsgi uwsgi.ini says what it is for Gantry.',
  ])
})
