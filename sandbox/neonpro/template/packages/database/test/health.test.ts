import { expect, test } from "bun:test";

test("the migrations folder is locked to PostgreSQL", async () => {
  const lock = await Bun.file("prisma/migrations/migration_lock.toml").text();
  expect(lock).toContain('provider = "postgresql"');
});
