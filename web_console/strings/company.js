// Words of who else is at a conversation, and of two who write at once.

/** @param {string} hant @param {string} hans @param {string} en */
const s = (hant, hans, en) => ({ "zh-Hant": hant, "zh-Hans": hans, en });

export const company = {
  "company.looking": s("{names} 正在看", "{names} 正在看", "{names} is looking"),
  "company.looking.many": s("{names} 正在看", "{names} 正在看", "{names} are looking"),
  "company.noting": s("{names} 正在寫備註", "{names} 正在写备注", "{names} is writing a note"),
  "company.noting.many": s("{names} 正在寫備註", "{names} 正在写备注", "{names} are writing notes"),
  "company.replying": s("{names} 正在寫回覆", "{names} 正在写回复", "{names} is writing a reply"),
  "company.replying.many": s("{names} 正在寫回覆", "{names} 正在写回复", "{names} are writing replies"),
  "company.shopper_types": s("正在輸入…", "正在输入…", "Typing…"),
  "collision.title": s("您開始寫之後，同事也寫了", "您开始写之后，同事也写了", "A colleague has written since you began"),
  "collision.note": s("{name} 的備註", "{name} 的备注", "{name}’s note"),
  "collision.reply": s("{name} 的回覆", "{name} 的回复", "{name}’s reply"),
  "draft.kept": s("您還沒送出的草稿，留在這裡：", "您还没发送的草稿，留在这里：", "Your unsent draft is kept here:"),
  "draft.as_note": s("改存為備註", "改存为备注", "Keep as a note"),
};
