// Words of surge mode: many who wait with the same matter.

/** @param {string} hant @param {string} hans @param {string} en */
const s = (hant, hans, en) => ({ "zh-Hant": hant, "zh-Hans": hans, en });

export const surge = {
  "surge.title": s("等候同一件事的顧客", "等待同一件事的顾客", "Waiting with the same matter"),
  "surge.key": s("一次回答同一件事的顧客", "一次回答同一件事的顾客", "Answer those with the same matter"),
  "surge.count": s("{n} ×", "{n} ×", "{n} ×"),
  "surge.mode": s("合併相同的問題", "合并相同的问题", "Group the same matter"),
  "surge.mode.auto": s("自動", "自动", "by itself"),
  "surge.mode.on": s("開啟", "开启", "always"),
  "surge.mode.off": s("關閉", "关闭", "never"),
  "surge.samples": s("他們怎麼說", "他们怎么说", "In their words"),
  "surge.answer": s("您的答覆", "您的答复", "Your answer"),
  "surge.in_lang": s("{lang}（{n} 位）", "{lang}（{n} 位）", "{lang} ({n})"),
  "surge.members": s("選擇傳給哪些人", "选择发给哪些人", "Choose who gets it"),
  "surge.honest": s("每位顧客會收到一則您的訊息，並會看到這個答覆同時傳給了 {n} 位。還需要真人的顧客按一下就回到原本的順位。沒有填寫的語言不會傳送。", "每位顾客会收到一条您的消息，并会看到这个答复同时发给了 {n} 位。还需要人工的顾客点一下就回到原来的位置。没有填写的语言不会发送。", "Each shopper gets it as a message of yours and is told that {n} people got it at once. Who still needs a person is back at the old place with one tap. A language left empty is left out."),
  "surge.send": s("傳給 {n} 位", "发给 {n} 位", "Send to {n}"),
  "surge.send_anyway": s("再按一次就照原樣傳送。", "再按一次就照原样发送。", "Press again to send it as it is."),
  "run.act.answer_many": s("一次回答", "一次回答", "Answer together"),
  "log.among": s("同一答覆傳給了 {n} 位顧客", "同一答复发给了 {n} 位顾客", "Sent to {n} shoppers at once"),
};
