import { expect, test } from "bun:test";
import { title } from "../src/main";

test("the agenda has a title", () => {
  expect(title("Clinic 1")).toBe("Agenda of Clinic 1");
});
