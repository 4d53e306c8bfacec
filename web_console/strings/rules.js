// Words of the rules "when … then …" and of what they tell.

/** @param {string} hant @param {string} hans @param {string} en */
const s = (hant, hans, en) => ({ "zh-Hant": hant, "zh-Hans": hans, en });

export const rules = {
  "nav.rules": s("規則", "规则", "Rules"),
  "keys.rules": s("前往規則", "前往规则", "Go to rules"),
  "rules.title": s("當……就……的規則", "当……就……的规则", "Rules: when … then …"),
  "rules.hint": s("先在過去的對話上試跑，不會寫入任何東西；滿意了再儲存。格式見檔案開頭的說明。", "先在过去的会话上试跑，不会写入任何东西；满意了再保存。格式见文件开头的说明。", "Try them on past conversations first: nothing is written. Save when you like what you see. The file's head explains its form."),
  "rules.days": s("最近 {n} 天", "最近 {n} 天", "Last {n} days"),
  "rules.days_label": s("試跑哪一段時間", "试跑哪段时间", "Which days to try"),
  "rules.try": s("試跑", "试跑", "Try"),
  "rules.save": s("儲存並啟用", "保存并启用", "Save and follow"),
  "rules.saved": s("已儲存，幾秒內生效。", "已保存，几秒内生效。", "Saved; followed within seconds."),
  "rules.tried_title": s("試跑結果", "试跑结果", "What they would have done"),
  "rules.not_tried": s("按「試跑」看這些規則在過去會動到哪些對話。", "按“试跑”看这些规则在过去会动到哪些会话。", "Press Try to see which past conversations these rules would have touched."),
  "rules.none": s("檔案裡還沒有規則。把開頭的範例前面的 # 去掉，就是第一條。", "文件里还没有规则。把开头示例前面的 # 去掉，就是第一条。", "The file has no rules yet. Take the # away from an example at its head for the first one."),
  "rules.looked_at": s("看過 {n} 段對話，什麼都沒有改動。", "看过 {n} 个会话，什么都没有改动。", "{n} conversations looked at; nothing was changed."),
  "rules.looked_at_cut": s("看過最近的 {n} 段對話（更早的略過），什麼都沒有改動。", "看过最近的 {n} 个会话（更早的略过），什么都没有改动。", "The newest {n} conversations looked at, older ones left out; nothing was changed."),
  "rules.fired": s("會啟動 {n} 次，涉及 {conversations} 段對話", "会触发 {n} 次，涉及 {conversations} 个会话", "Would have acted {n} times, in {conversations} conversations"),
  "rules.never": s("不會動到任何對話", "不会动到任何会话", "Would have touched nothing"),
  "rules.wrong_at": s("第 {line} 行：{message}", "第 {line} 行：{message}", "Line {line}: {message}"),
  "rules.conflict": s("同事剛剛改過規則，您的內容還沒儲存，仍在這裡。", "同事刚刚改过规则，您的内容还没保存，仍在这里。", "A colleague has just changed the rules. Yours are not saved yet and still here."),
  "rules.take_theirs": s("改用同事的版本", "改用同事的版本", "Use theirs instead"),
  "rules.act.team": s("轉到團隊 {team}", "转到团队 {team}", "to team {team}"),
  "rules.act.priority": s("優先順序設為「{level}」", "优先级设为“{level}”", "priority {level}"),
  "rules.act.note": s("寫備註", "写备注", "note"),
  "rules.act.notify": s("通知主管：{text}", "通知主管：{text}", "tells supervisors: {text}"),
  "rules.act.reply": s("機器人回覆", "机器人回复", "reply of the bot"),
  "rules.notices": s("給主管的通知", "给主管的通知", "For supervisors"),
  "rules.notices_n": s("給主管的通知（{n}）", "给主管的通知（{n}）", "For supervisors ({n})"),
  "rules.notice.alert": s("在對話中：{reason}", "在会话中：{reason}", "Said to an agent: {reason}"),
  "rules.notice.low_rating": s("評分偏低：{n} 分", "评分偏低：{n} 分", "Poor rating: {n} of 5"),
  "rules.notice_done": s("處理好了", "处理好了", "Dealt with"),
  "side.rule_fired": s("規則「{rule}」：{did}", "规则“{rule}”：{did}", "Rule “{rule}”: {did}"),
};
