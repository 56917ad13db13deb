package bot_test

import "testing"

func TestLook(t *testing.T) {
	h := open(t)
	duty := h.as("钱值班")
	do := func(s string) { t.Log("\n>>> ", s) }
	say := func(o *officer, s string) { do(o.name + "：" + s); t.Log("\n" + o.say(s)) }
	tap := func(o *officer, s string) { do(o.name + " 点 " + s); t.Log("\n" + o.tap(s)) }
	say(duty, "帮助")
	say(duty, "今天9点20分网友在抖音发视频，城东物流园仓库起火，有12人被困，3人受伤，浓烟很大，急需救援")
	tap(duty, "改其他")
	tap(duty, "地点")
	say(duty, "城关镇城东物流园3号仓库")
	tap(duty, "改单位")
	say(duty, "应急局")
	tap(duty, "登记并分办")
	h1 := h.as("李经办")
	say(duty, "1号现在怎么样")
	say(h1, "我的")
	yj := h.as(h.person("县应急管理局", "handler"))
	say(yj, "我的")
	say(yj, "签收1号")
	say(yj, "首报1号")
	say(yj, "火势已控制，被困人员全部救出，3人轻伤送医。")
	say(yj, "把1号转给水利局")
	say(duty, "把1号转给水利局")
	tap(duty, "取消")
	say(duty, "1号催一下")
	say(duty, "确认")
	say(yj, "进展1号 已清理现场")
	yh := h.as(h.person("县应急管理局", "head"))
	say(yh, "发布1号 https://www.example.gov.cn/1")
	say(yh, "发布会1号")
	say(yh, "县融媒体中心")
	say(yh, "县应急局局长王某")
	say(yh, "办结1号")
	tap(yh, "已解决")
	say(yh, "火已扑灭，人员救出，原因为电线短路")
	tap(yh, "确认")
	say(duty, "反馈")
	say(duty, "登记")
	say(duty, "和平小区3号楼前路灯坏了一周，晚上出行不便，12345转来，来电人张三丰 13812345678")
	say(duty, "逾期")
	tap(duty, "继续")
	tap(duty, "登记")
	say(duty, "逾期")
	say(duty, "值班")
	say(duty, "交班")
	say(duty, "请假 明天 冯值班代")
	tap(duty, "确认")
	say(duty, "值班 明天8点到20点 冯值班")
	tap(duty, "确认")
	say(duty, "值班")
	say(yj, "延期2号")
	say(duty, "帮助 全部")
}

func (h *house) person(unit, post string) string {
	u, _ := h.desk.Directory().FindUnit(unit)
	for _, a := range h.desk.Directory().Data().Appointments {
		if a.Unit == u.ID && string(a.Post) == post {
			return h.desk.Directory().PersonName(a.Person)
		}
	}
	return ""
}
