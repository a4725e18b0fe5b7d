-- What wrk sends: signed calls as a platform makes them (document 001), each movement with a transaction id of its own.
--
-- Arguments are name=value: act (bet, win, balance, ping), run (a number of its own for each run), seconds, players,
-- games, operator, secret; player (all calls for this one); for wins also bets (the run whose rounds win) and counts
-- (how many bets each of its threads made, as 12,34). Prints one line of JSON at the end.

local bit = require("bit")
local ffi = require("ffi")

ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } moment;
int clock_gettime(int clock, moment *now);
]]

local moment = ffi.new("moment")

local function now()
    ffi.C.clock_gettime(1, moment)
    return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
end

local function sha1(text)
    local band, bor, bxor, bnot, rol = bit.band, bit.bor, bit.bxor, bit.bnot, bit.rol
    local padded = text .. "\128" .. ("\0"):rep((55 - #text) % 64)
    for shift = 56, 0, -8 do
        padded = padded .. string.char(math.floor(#text * 8 / 2 ^ shift) % 256)
    end
    local h0, h1, h2, h3, h4 = 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0
    for start = 1, #padded, 64 do
        local word = {}
        for i = 0, 15 do
            local a, b, c, d = padded:byte(start + i * 4, start + i * 4 + 3)
            word[i] = bor(bit.lshift(a, 24), bit.lshift(b, 16), bit.lshift(c, 8), d)
        end
        for i = 16, 79 do
            word[i] = rol(bxor(word[i - 3], word[i - 8], word[i - 14], word[i - 16]), 1)
        end
        local a, b, c, d, e = h0, h1, h2, h3, h4
        for i = 0, 79 do
            local mix, constant
            if i < 20 then
                mix, constant = bor(band(b, c), band(bnot(b), d)), 0x5A827999
            elseif i < 40 then
                mix, constant = bxor(b, c, d), 0x6ED9EBA1
            elseif i < 60 then
                mix, constant = bor(band(b, c), band(b, d), band(c, d)), 0x8F1BBCDC
            else
                mix, constant = bxor(b, c, d), 0xCA62C1D6
            end
            a, b, c, d, e = bit.tobit(rol(a, 5) + mix + e + constant + word[i]), a, rol(b, 30), c, d
        end
        h0, h1, h2 = bit.tobit(h0 + a), bit.tobit(h1 + b), bit.tobit(h2 + c)
        h3, h4 = bit.tobit(h3 + d), bit.tobit(h4 + e)
    end
    return bit.tohex(h0) .. bit.tohex(h1) .. bit.tohex(h2) .. bit.tohex(h3) .. bit.tohex(h4)
end

local threads = {}

function setup(thread)
    table.insert(threads, thread)
    thread:set("number", #threads)
end

local given = {}
local head

function init(arguments)
    for _, argument in ipairs(arguments) do
        local name, value = argument:match("^(%w+)=(.*)$")
        given[name] = tonumber(value) or value
    end
    sent, fine, refused, fault, started, ended = 0, 0, 0, "", 0, 0
    seed()
    local command = given.act == "balance" and "balance" or "changebalance"
    head = table.concat({
        "POST /wallet/" .. command .. " HTTP/1.1",
        "Host: " .. wrk.headers["Host"],
        "Content-Type: application/json",
        "X-Operator-Id: " .. given.operator,
        "X-Authorization: " .. sha1(command .. given.secret),
        "Content-Length: ",
    }, "\r\n")
    given.command = command
end

-- A win repeats the draws of the bet whose round it is in, and starts over where there are no more of them.
function seed()
    drawn = 0
    if given.act == "win" then
        available = tonumber(tostring(given.counts):match((("%d+,"):rep(number - 1)) .. "(%d+)"))
    end
    math.randomseed((given.bets or given.run) * 100 + number)
end

local stamp, hash, signed_at

local function sign(at)
    if at ~= signed_at then
        signed_at, stamp = at, os.date("!%Y-%m-%d %H:%M:%S", at)
        hash = sha1(given.command .. stamp .. given.secret)
    end
end

local function post(data)
    local body = '{"command":"' .. given.command .. '","request_timestamp":"' .. stamp .. '","hash":"' .. hash ..
        '","data":' .. data .. "}"
    return head .. #body .. "\r\n\r\n" .. body
end

local MOVEMENT = '{"token":"bench%027d","user_id":"player%d","transaction_type":"%s","transaction_id":%.0f,' ..
    '"round_id":%.0f,"round_finished":false,"game_id":%d,"currency_code":"EUR","amount":%.2f,' ..
    '"transaction_timestamp":"%s","context":{"reason":"SPIN","history_id":"%.0f"}}'
local BALANCE = '{"token":"bench%027d","user_id":"player%d","currency_code":"EUR"}'

local function call()
    sign(os.time())
    if given.act == "win" and drawn == available then
        seed()
    end
    drawn = drawn + 1
    local player, quarters = math.random(given.players), math.random(20)
    player = given.player or player
    if given.act == "balance" then
        return post(BALANCE:format(player, player))
    end
    local id = (given.run * 100 + number) * 1e8 + sent
    local round = given.act == "win" and (given.bets * 100 + number) * 1e8 + drawn or id
    local game = player % given.games + 1
    return post(MOVEMENT:format(player, player, given.act:upper(), id, round, game, quarters / 4, stamp, id))
end

local PING = "GET /wallet/ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

function request()
    if number == 1 and not verified then
        verified = true -- wrk asks the first thread for a request that it never sends
        return PING
    end
    local moment = now()
    started = sent == 0 and moment or started
    if moment > started + given.seconds then
        return "" -- the connection rests, so that every call is answered before wrk stops listening
    end
    sent = sent + 1
    return given.act == "ping" and PING or call()
end

function response(status, _, body)
    ended = now()
    if status == 200 and (body == "PONG" or body:find('"status":"OK"', 1, true)) then
        fine = fine + 1
    else
        refused = refused + 1
        fault = fault ~= "" and fault or status .. " " .. body:sub(-200)
    end
end

function done(summary, latency)
    local ok, bad, first, from, to, counts = 0, 0, "", math.huge, 0, {}
    for _, thread in ipairs(threads) do
        ok, bad = ok + thread:get("fine"), bad + thread:get("refused")
        first = first ~= "" and first or thread:get("fault")
        from, to = math.min(from, thread:get("started")), math.max(to, thread:get("ended"))
        table.insert(counts, ("%.0f"):format(thread:get("sent")))
    end
    local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    io.write(("\n{\"ok\": %.0f, \"refused\": %.0f, \"broken\": %.0f, \"fault\": %q, \"seconds\": %.6f, "):format(
        ok, bad, broken, first:gsub('[%c\\"]', " "), to - from))
    io.write(("\"p50\": %.3f, \"p99\": %.3f, \"counts\": [%s]}\n"):format(
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, table.concat(counts, ", ")))
end
