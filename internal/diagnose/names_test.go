package diagnose

var momentNames = [NumMoments]string{
	"Nothing", "Ask", "AskAgain", "AskUnheard", "AskToo", "Agree", "AgreeAgain", "AgreeUnheard", "AgreeCrossing", "Confirm",
	"ConfirmAgain", "ConfirmCrossing", "HeardAtLast", "AskAlive", "AskAliveAgain", "AliveAnswer", "AskRoom", "NoRoom", "Room",
	"Close", "CloseAgain", "CloseCrossing", "CloseUnaware", "CloseAck", "CloseAckAgain", "CloseAckCrossing", "CloseAckHeard",
	"CloseBoth", "CloseToo", "CloseLast", "Refuse", "RefuseLate", "Decline", "Abort", "AbortUnused", "AbortInstead",
	"AbortAnswer", "GiveUp",
}

var waitingNames = [NumWaitings]string{
	"Idle", "NotShown", "ForAnswer", "ForConfirm", "Unheard", "ForAck", "ForWindow", "ForReply", "ForLife", "ForClose", "Over",
	"SendsAgain", "HoldsAck", "AsksRoom", "AsksLife", "Unsure", "Pausing", "NoRequest",
}

var codeNames = [NumCodes]string{
	"HandshakeDone", "HandshakeCrossing", "HandshakeUnfinished", "HandshakeLate", "HandshakeNoAnswer", "HandshakeRefused",
	"HandshakeDeclined", "HandshakeUnconfirmed", "HandshakePartial", "HandshakeUnseen", "QuotedOnly", "OneSided", "ClosedInOrder", "ClosedCrossing",
	"ClosedHalf", "ClosedOneSided", "ClosedUnheard", "ClosedByReset", "NotClosed", "Silent", "SentAgain", "NothingSentAgain", "RoundTrip",
	"WindowClosed", "WindowFilled", "StillThere",
}

var (
	severityNames = [...]string{"info", "ok", "warn", "fail"}
	healthNames   = [NumHealths]string{"healthy", "troubled", "failed", "unfinished"}
	sideNames     = [2]string{"client", "server"}
)
