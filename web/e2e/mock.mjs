// The browser test against the stand-in server: for work on the console without a server. Build dist/ first.
import { kPassword, kUser, startMock } from '../mock/server.mjs';
import { run } from './run.mjs';

const mock = await startMock();
process.exitCode = await run({ base: mock.url, user: kUser, password: kPassword });
await mock.close();
