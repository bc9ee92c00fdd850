// Signs up and in with a client that is generated from the OpenAPI document, as somebody would write it who has nothing else.
// Asks on standard output for what a person would do, a word a line; what she reads comes back on standard input.

import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Problem = components["schemas"]["Problem"];
type Account = components["schemas"]["Account"];

const [baseUrl = "", username = "", password = "", email = ""] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl });
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const ask = async (what: string): Promise<string> => {
  console.log(what);
  return String((await answers.next()).value);
};

const good = <T>(answer: { data?: T; error?: Problem }): T => {
  if (answer.data === undefined) throw new Error(`${answer.error?.code}: ${answer.error?.detail}`);
  return answer.data;
};

const withToken = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/** Who the token belongs to; afterwards it is good for nothing. */
const lookAndLeave = async (token: string): Promise<Account> => {
  const account = good(await client.GET("/v1/me", withToken(token)));
  const { response } = await client.DELETE("/v1/logout", withToken(token));
  if (response.status !== 204) throw new Error(`logout: ${response.status}`);
  const { error } = await client.GET("/v1/me", withToken(token));
  if (error?.code !== "unauthorized") throw new Error("the token still works");
  return account;
};

const byMail = async (): Promise<string> => {
  const told = good(await client.POST("/v1/auth/login", { body: { username, password } }));
  if (!told.required_mfa) throw new Error("let in by the password alone");
  const { reference_id } = told;
  good(await client.POST("/v1/auth/send-login-email-code", { body: { reference_id } }));
  const code = await ask("code");
  const { private_key } = good(await client.POST("/v1/auth/verify-login-email-code", { body: { reference_id, code } }));
  const done = good(await client.POST("/v1/auth/login-with-mfa", { body: { reference_id, private_key } }));
  await lookAndLeave(done.token);
  return done.device_id ?? "";
};

const byDevice = async (device: string): Promise<void> => {
  const told = good(
    await client.POST("/v1/auth/login", { params: { header: { "X-Device-ID": device } }, body: { username, password } }),
  );
  if (told.required_mfa) throw new Error(`asked for ${told.methods.join()} with a device that is known`);
  await lookAndLeave(told.token);
};

const byPush = async (): Promise<Account> => {
  const client_verifier = randomBytes(48).toString("base64url");
  const client_challenge = createHash("sha256").update(client_verifier).digest("base64url");
  const told = good(await client.POST("/v1/auth/login", { body: { username, password, client_challenge } }));
  if (!told.required_mfa || !told.methods.includes("push")) throw new Error("no push");
  const body = { reference_id: told.reference_id, client_verifier };
  console.log(`number ${good(await client.POST("/v1/auth/send-login-push", { body })).number}`);
  for (;;) {
    const answer = good(await client.POST("/v1/auth/verify-login-push", { body }));
    if ("private_key" in answer) {
      const done = good(await client.POST("/v1/auth/login-with-mfa", { body: { ...body, private_key: answer.private_key } }));
      return lookAndLeave(done.token);
    }
    await sleep(answer.poll_after * 1000);
  }
};

good(await client.POST("/v1/auth/register", { body: { fullname: "Alice Example", username, password, email } }));
const device = await byMail();
await byDevice(device);
await ask("phone");
const account = await byPush();
console.log(`done ${account.username} ${account.email_verified}`);
process.exit();
