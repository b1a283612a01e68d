/** The emoji short codes that are used most at work. Any other code stays as it was written. */

const TABLE = `
+1:👍 thumbsup:👍 -1:👎 thumbsdown:👎 100:💯 alarm_clock:⏰ ambulance:🚑 arrow_down:⬇️ arrow_forward:▶️ arrow_left:⬅️ arrow_right:➡️
arrow_up:⬆️ arrow_upper_right:↗️ arrows_counterclockwise:🔄 back:🔙 bangbang:‼️ bar_chart:📊 bell:🔔 black_circle:⚫ black_square_button:🔲
blue_book:📘 blush:😊 book:📖 bookmark:🔖 bookmark_tabs:📑 boom:💥 bug:🐛 bulb:💡 busts_in_silhouette:👥 calendar:📅 card_index_dividers:🗂️
chart_with_downwards_trend:📉 chart_with_upwards_trend:📈 checkered_flag:🏁 clap:👏 clipboard:📋 clock1:🕐 clock3:🕒 closed_lock_with_key:🔐
coffee:☕ computer:💻 confetti_ball:🎊 construction:🚧 cry:😢 crossed_fingers:🤞 date:📆 dart:🎯 disappointed:😞 double_vertical_bar:⏸️
pause_button:⏸️ ear:👂 envelope:✉️ exclamation:❗ heavy_exclamation_mark:❗ eyes:👀 file_folder:📁 fire:🔥 fire_engine:🚒 fireworks:🎆
floppy_disk:💾 gear:⚙️ ghost:👻 globe_with_meridians:🌐 green_circle:🟢 large_green_circle:🟢 green_heart:💚 large_green_square:🟩
grey_exclamation:❕ grey_question:❔ grin:😁 hammer:🔨 hammer_and_wrench:🛠️ hand:✋ raised_hand:✋ heart:❤️ heavy_check_mark:✔️
heavy_minus_sign:➖ heavy_multiplication_x:✖️ heavy_plus_sign:➕ hourglass:⌛ hourglass_flowing_sand:⏳ information_source:ℹ️ inbox_tray:📥
joy:😂 key:🔑 label:🏷️ large_blue_circle:🔵 large_blue_diamond:🔷 large_blue_square:🟦 large_orange_circle:🟠 large_orange_square:🟧
large_purple_circle:🟣 large_red_square:🟥 large_yellow_circle:🟡 large_yellow_square:🟨 link:🔗 lock:🔒 loudspeaker:📢 mag:🔍 mag_right:🔎
mega:📣 memo:📝 pencil:📝 moneybag:💰 muscle:💪 mute:🔇 neutral_face:😐 new:🆕 next_track_button:⏭️ no_bell:🔕 no_entry:⛔ no_entry_sign:🚫
notebook:📓 octagonal_sign:🛑 ok:🆗 ok_hand:👌 one:1️⃣ two:2️⃣ three:3️⃣ four:4️⃣ five:5️⃣ six:6️⃣ seven:7️⃣ eight:8️⃣ nine:9️⃣ zero:0️⃣
outbox_tray:📤 package:📦 page_facing_up:📄 page_with_curl:📃 pager:📟 paperclip:📎 party_popper:🎉 tada:🎉 pencil2:✏️ phone:☎️ telephone_receiver:📞
point_down:👇 point_left:👈 point_right:👉 point_up:☝️ point_up_2:👆 pray:🙏 pushpin:📌 question:❓ radio_button:🔘 raised_hands:🙌
rabbit:🐰 recycle:♻️ red_circle:🔴 relieved:😌 repeat:🔁 rewind:⏪ robot_face:🤖 rocket:🚀 rotating_light:🚨 round_pushpin:📍 runner:🏃
satellite_antenna:📡 scream:😱 scroll:📜 see_no_evil:🙈 seedling:🌱 shield:🛡️ ship:🚢 simple_smile:🙂 slightly_smiling_face:🙂 smile:😄
smiley:😃 snail:🐌 snowflake:❄️ sob:😭 sos:🆘 sparkles:✨ speech_balloon:💬 spiral_calendar_pad:🗓️ spiral_note_pad:🗒️ star:⭐ stethoscope:🩺
stop_button:⏹️ stop_sign:🛑 stopwatch:⏱️ sunny:☀️ sweat_smile:😅 technologist:🧑‍💻 test_tube:🧪 thinking_face:🤔 thought_balloon:💭
timer_clock:⏲️ triangular_flag_on_post:🚩 turtle:🐢 unlock:🔓 upside_down_face:🙃 vertical_traffic_light:🚦 traffic_light:🚥 wastebasket:🗑️
warning:⚠️ wave:👋 white_check_mark:✅ ballot_box_with_check:☑️ white_circle:⚪ white_large_square:⬜ black_large_square:⬛ wink:😉
wrench:🔧 x:❌ negative_squared_cross_mark:❎ yellow_heart:💛 zap:⚡ zzz:💤`;

const EMOJI = new Map(
  TABLE.trim()
    .split(/\s+/)
    .map((entry) => {
      const cut = entry.lastIndexOf(":");
      return [entry.slice(0, cut), entry.slice(cut + 1)];
    }),
);

/** The character of a short code without its colons, or null. */
export const emojiOf = (name) => EMOJI.get(name) ?? null;

/** Replaces the known short codes in plain text. */
export const withEmoji = (text) =>
  String(text).replace(/:([a-z0-9_+-]+):(?::skin-tone-\d:)?/g, (whole, name) => emojiOf(name) ?? whole);
