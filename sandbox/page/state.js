/** The values that people put into the elements of one message or view, in the shape of Slack's `state.values`. */

/** type -> [the field in state and payload, the field with the first value, the value when there is none] */
const FIELDS = {
  plain_text_input: ["value", "initial_value", null],
  email_text_input: ["value", "initial_value", null],
  url_text_input: ["value", "initial_value", null],
  number_input: ["value", "initial_value", null],
  static_select: ["selected_option", "initial_option", null],
  external_select: ["selected_option", "initial_option", null],
  radio_buttons: ["selected_option", "initial_option", null],
  multi_static_select: ["selected_options", "initial_options", []],
  multi_external_select: ["selected_options", "initial_options", []],
  checkboxes: ["selected_options", "initial_options", []],
  users_select: ["selected_user", "initial_user", null],
  multi_users_select: ["selected_users", "initial_users", []],
  conversations_select: ["selected_conversation", "initial_conversation", null],
  multi_conversations_select: ["selected_conversations", "initial_conversations", []],
  channels_select: ["selected_channel", "initial_channel", null],
  multi_channels_select: ["selected_channels", "initial_channels", []],
  datepicker: ["selected_date", "initial_date", null],
  timepicker: ["selected_time", "initial_time", null],
  datetimepicker: ["selected_date_time", "initial_date_time", null],
  rich_text_input: ["rich_text_value", "initial_value", null],
};

export const fieldOf = (element) => FIELDS[element.type]?.[0] ?? null;

/** The elements with a value, each with the block it stands in, containers included. */
export function stateful(blocks) {
  return (blocks ?? []).flatMap((block) => {
    const inside = [block.element, block.accessory, ...(block.type === "actions" ? (block.elements ?? []) : [])];
    const own = inside.filter((element) => element && FIELDS[element.type]).map((element) => ({ block, element }));
    return own.concat(stateful(block.child_blocks));
  });
}

/** Values typed so far; kept while a message or view is redrawn, dropped for elements that are gone. */
export class ElementState {
  #values = new Map();

  static #key = (block, element) => `${block.block_id}\u0000${element.action_id}`;

  get(block, element) {
    const key = ElementState.#key(block, element);
    if (this.#values.has(key)) return this.#values.get(key);
    const [, initial, empty] = FIELDS[element.type] ?? [null, "", null];
    return element[initial] ?? empty;
  }

  set(block, element, value) {
    this.#values.set(ElementState.#key(block, element), value);
  }

  keepOnly(blocks) {
    const present = new Set(stateful(blocks).map(({ block, element }) => ElementState.#key(block, element)));
    for (const key of this.#values.keys()) if (!present.has(key)) this.#values.delete(key);
  }

  /** `{block_id: {action_id: {type, …value}}}` of every element with a value. */
  values(blocks) {
    const values = {};
    for (const { block, element } of stateful(blocks)) {
      (values[block.block_id] ??= {})[element.action_id] = {
        type: element.type,
        [fieldOf(element)]: this.get(block, element),
      };
    }
    return values;
  }
}
